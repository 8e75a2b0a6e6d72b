using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Usage;

/// <summary>Stores the ledger's pages every few seconds, and for the last time when the process stops.</summary>
internal sealed partial class UsageWriter(UsageLedger ledger, UsageStore store, IOptions<UsageOptions> options, TimeProvider time, ILogger<UsageWriter> logger)
    : StorageWriter
{
    /// <summary>How much a crash can lose.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan CleanEvery = TimeSpan.FromHours(1);

    private bool _isFailing;

    /// <inheritdoc/>
    protected override void CompleteQueue()
    {
        // There is none: the records' own has ended before.
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!Ending.IsCancellationRequested)
        {
            await Task.Delay(Pace, time, Ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await StoreAsync(stoppingToken);
        }
    }

    private async Task StoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var change in ledger.TakeChanges())
            {
                await store.StoreAsync(change.Entity, cancellationToken);
                ledger.Confirm(change);
            }

            _isFailing = false;
            ledger.ForgetPast();
            await CleanAsync(time, CleanEvery, DeleteOldAsync);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_isFailing)
            {
                _isFailing = true;
                LogNotStored(logger, e.GetType().FullName!); // the pages keep, and are stored with the next ones
            }
        }
        catch (OperationCanceledException)
        {
            // The process has waited long enough for its end.
        }
    }

    private Task DeleteOldAsync(CancellationToken cancellationToken) =>
        store.DeleteBeforeAsync(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-options.Value.RetentionDays), cancellationToken);

    [LoggerMessage(LogLevel.Warning, "Usage could not be stored ({ExceptionType}); it is counted on and stored later")]
    private static partial void LogNotStored(ILogger logger, string exceptionType);
}
