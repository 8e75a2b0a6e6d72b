using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.RequestLog;

/// <summary>Stores the request log, many rows at once, and deletes what is too old.</summary>
internal sealed partial class RequestLogWriter(
    RequestLogQueue queue, TableStorage storage, IOptions<RequestLogOptions> options, TimeProvider time, ILogger<RequestLogWriter> logger) : StorageWriter
{
    private const int MostRows = 100; // of one write

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CleanEvery = TimeSpan.FromHours(1);

    private readonly GatewayTable _table = storage.GetTable("RequestLog");
    private readonly List<RequestLogEntity> _rows = [];
    private bool _isFailing;

    /// <inheritdoc/>
    protected override void CompleteQueue() => queue.Complete();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (_rows.Count > 0 || await queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var isStored = await StoreAsync(stoppingToken);
            if (!isStored && Ending.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(isStored ? Pace : RetryDelay, time, Ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> StoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            do
            {
                while (_rows.Count < MostRows && queue.Reader.TryRead(out var row))
                {
                    _rows.Add(row);
                }

                foreach (var hour in _rows.GroupBy(row => row.PartitionKey))
                {
                    await _table.UpsertAsync([.. hour], cancellationToken);
                }

                _rows.Clear(); // what was stored before a fault is stored again with the rest, under the same keys
            }
            while (queue.Reader.TryPeek(out _));

            _isFailing = false;
            await CleanAsync(time, CleanEvery, DeleteOldAsync);
            return true;
        }
        catch (StorageUnavailableException e)
        {
            LogOnce(e);
            return false;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _rows.Clear(); // rows that cannot be stored are no reason to end
            LogOnce(e);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false; // the process has waited long enough for its end
        }
    }

    private Task DeleteOldAsync(CancellationToken cancellationToken)
    {
        var oldest = RequestLogEntity.PartitionOf(time.GetUtcNow().AddDays(-options.Value.RequestLogDays));
        return _table.DeleteAllAsync<RequestLogEntity>(TableClient.CreateQueryFilter($"PartitionKey lt {oldest}"), deleted: null, cancellationToken);
    }

    private void LogOnce(Exception e)
    {
        if (!_isFailing)
        {
            _isFailing = true;
            LogNotStored(logger, e.GetType().FullName!);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The request log could not be stored ({ExceptionType}); this is tried again later")]
    private static partial void LogNotStored(ILogger logger, string exceptionType);
}
