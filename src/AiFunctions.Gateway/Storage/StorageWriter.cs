using Microsoft.Extensions.Hosting;

namespace AiFunctions.Gateway.Storage;

/// <summary>Stores things in the background, after the requests: neither a slow nor a missing storage holds up an answer, nor the process's end for long.</summary>
internal abstract class StorageWriter : BackgroundService
{
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ending = new();

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

    /// <summary>Lets nothing more into the queue.</summary>
    protected abstract void CompleteQueue();
}
