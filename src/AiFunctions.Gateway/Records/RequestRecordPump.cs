using AiFunctions.Gateway.Callers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.Records;

/// <summary>Hands each record to all that keep records, in the background.</summary>
/// <remarks>Registered after the sinks' own services, so that it stops before them and they get the last records, too.</remarks>
internal sealed partial class RequestRecordPump(
    RequestRecordQueue queue, CallerAddress addresses, IEnumerable<IRequestRecordSink> sinks, ILogger<RequestRecordPump> logger)
    : BackgroundService
{
    private readonly IRequestRecordSink[] _sinks = [.. sinks];
    private bool _isFailing;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Complete();
        if (ExecuteTask is { } handing)
        {
            await handing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Ends with the queue, not with the token: what waits is still handed on, which takes no time.
        await foreach (var (record, caller) in queue.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            record.CallerHash = caller is null ? null : addresses.HashOf(caller);
            foreach (var sink in _sinks)
            {
                try
                {
                    sink.Add(record);
                }
                catch (Exception e)
                {
                    if (!_isFailing)
                    {
                        _isFailing = true; // once: one line for each request would flood the log
                        LogFault(logger, sink.GetType().Name, e.GetType().FullName!);
                    }
                }
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "{Sink} failed on a request's record with {ExceptionType}; later faults are not logged")]
    private static partial void LogFault(ILogger logger, string sink, string exceptionType);
}
