using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.Reviews;

/// <summary>Stores sightings in the background: neither a slow nor a missing storage holds up an answer.</summary>
internal sealed partial class ReviewWriter(ReviewQueue queue, ReviewStore store, TimeProvider time, ILogger<ReviewWriter> logger) : StorageWriter
{
    /// <summary>A text that comes a thousand times a second is stored once in this time.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CleanEvery = TimeSpan.FromHours(1);

    private bool _isFailing;

    /// <inheritdoc/>
    protected override void CompleteQueue() => queue.Complete();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await queue.WaitAsync())
        {
            var isStored = await StoreAsync(stoppingToken);
            await Task.Delay(isStored ? Pace : RetryDelay, time, Ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await StoreAsync(stoppingToken); // what came during the last pause
    }

    private async Task<bool> StoreAsync(CancellationToken cancellationToken)
    {
        var isStored = true;
        foreach (var sighting in queue.TakeAll())
        {
            try
            {
                if (isStored)
                {
                    await store.AddAsync(sighting, cancellationToken);
                }
                else
                {
                    queue.TryAdd(sighting); // storage is away: what is left waits with what has come since
                }
            }
            catch (StorageUnavailableException e)
            {
                isStored = false;
                queue.TryAdd(sighting);
                if (!_isFailing)
                {
                    LogNotStored(logger, e.GetType().Name);
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                LogNotStored(logger, e.GetType().FullName!); // one review that cannot be stored is no reason to end
            }
        }

        _isFailing = !isStored;
        if (isStored)
        {
            await CleanAsync(time, CleanEvery, DeleteOldAsync);
        }

        return isStored;
    }

    private async Task DeleteOldAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.DeleteForgottenAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotCleaned(logger, e.GetType().FullName!);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A review could not be stored ({ExceptionType})")]
    private static partial void LogNotStored(ILogger logger, string exceptionType);

    [LoggerMessage(LogLevel.Warning, "Old reviews could not be deleted ({ExceptionType}); this is tried again later")]
    private static partial void LogNotCleaned(ILogger logger, string exceptionType);
}
