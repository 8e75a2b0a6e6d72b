namespace AiFunctions.Gateway.RateLimits;

/// <summary>A request that waits for a slot.</summary>
internal sealed class SlotWaiter
{
    private TaskCompletionSource _turn = New();

    /// <summary>Has it try.</summary>
    public void Wake() => _turn.TrySetResult();

    /// <summary>Waits until it is woken, or for a time at the longest.</summary>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await _turn.Task.WaitAsync(longest, time, cancellationToken);
            _turn = New(); // woken once more before this, it tries now all the same
        }
        catch (TimeoutException)
        {
            // It tries without having been woken.
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
