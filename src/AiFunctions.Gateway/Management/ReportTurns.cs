using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Management;

/// <summary>
/// Lets few reports and lists read at a time, each one query after another: they ask storage for much, and clients' requests wait for the same storage.
/// </summary>
internal sealed class ReportTurns(TimeProvider time) : IDisposable
{
    /// <summary>How many an instance makes at once.</summary>
    public const int AtOnce = 2;

    /// <summary>How long one waits for its turn.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turns = new(AtOnce);

    /// <summary>Makes a report when its turn comes.</summary>
    /// <exception cref="GatewayException">It did not come in time.</exception>
    public async Task RunAsync(HttpContext context, Func<Task> report)
    {
        await WaitAsync(context.RequestAborted);
        try
        {
            await report();
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (_turns.Wait(0, CancellationToken.None))
        {
            return;
        }

        using var patience = new CancellationTokenSource(LongestWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await _turns.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GatewayException(GatewayErrors.TooManyReports);
        }
    }
}
