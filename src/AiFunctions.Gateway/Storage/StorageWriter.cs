using Microsoft.Extensions.Hosting;

namespace AiFunctions.Gateway.Storage;

/// <summary>Stores things in the background, after the requests: neither a slow nor a missing storage holds up an answer, nor the process's end for long.</summary>
internal abstract class StorageWriter : BackgroundService
{
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ending = new();
    private long? _cleanedAt;

    /// <summary>Makes a writer that the host starts.</summary>
    protected StorageWriter() => Ending = _ending.Token;

    /// <summary>Cancelled when the process stops: what is queued is still stored, if storage answers, and nothing is waited for.</summary>
    protected CancellationToken Ending { get; }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        CompleteQueue();
        await _ending.CancelAsync();
        if (ExecuteTask is { } writing)
        {
            await Task.WhenAny(writing, Task.Delay(LongestFarewell, CancellationToken.None));
        }

        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _ending.Dispose();
        base.Dispose();
    }

    /// <summary>Cleans up, unless that was begun a short while ago. Rows grow in number only by a writer's writing, so it is called after that.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="every">How often, at most.</param>
    /// <param name="clean">Deletes what is too old. It ends when the process does: the next one goes on.</param>
    protected async Task CleanAsync(TimeProvider time, TimeSpan every, Func<CancellationToken, Task> clean)
    {
        if (Ending.IsCancellationRequested || (_cleanedAt is { } last && time.GetElapsedTime(last) < every))
        {
            return;
        }

        _cleanedAt = time.GetTimestamp();
        try
        {
            await clean(Ending);
        }
        catch (OperationCanceledException) when (Ending.IsCancellationRequested)
        {
            // The next process deletes what is left.
        }
    }

    /// <summary>Lets nothing more into the queue.</summary>
    protected abstract void CompleteQueue();
}
