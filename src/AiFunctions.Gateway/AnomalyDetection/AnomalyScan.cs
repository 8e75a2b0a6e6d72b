using AiFunctions.Gateway.AnomalyDetection.Activity;
using AiFunctions.Gateway.AnomalyDetection.Detection;
using AiFunctions.Gateway.Jobs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.AnomalyDetection;

/// <summary>Looks at what clients did of late, stores what is unusual, reports it and, if the settings say so, blocks.</summary>
/// <remarks>Scans may run at once, on one instance or several: what two of them find becomes one row, reported at least once.</remarks>
internal sealed partial class AnomalyScan(
    IActivitySource source, AnomalyStore store, AnomalyBlocker blocker, IOptions<AnomalyDetectionOptions> options, TimeProvider time, ILogger<AnomalyScan> logger)
    : ITimedJob
{
    private static readonly TimeSpan CleanEvery = TimeSpan.FromHours(1);
    private long? _cleanedAt;

    /// <inheritdoc/>
    public string Name => AnomalyDetectionOptions.Section;

    /// <inheritdoc/>
    public string Schedule => options.Value.Schedule;

    /// <summary>Runs a scan.</summary>
    /// <exception cref="ActivityUnavailableException">The source cannot be read now.</exception>
    /// <exception cref="Storage.StorageUnavailableException">Storage is away. What was found before is stored; the next scan finds the rest.</exception>
    public async Task<AnomalyScanReport> RunAsync(CancellationToken cancellationToken)
    {
        var period = ActivityPeriod.At(time.GetUtcNow());
        var reading = await source.ReadAsync(period, cancellationToken);
        if (!reading.IsComplete)
        {
            LogPartial(logger, reading.Clients.Count);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var (reported, blocked) = (0, 0);
        foreach (var finding in AnomalyDetector.Find(reading.Clients, period, client => new ClientBaseline(client.History)))
        {
            if (!await store.IsNewsAsync(finding, cancellationToken))
            {
                continue;
            }

            var anomaly = await store.AddAsync(finding, cancellationToken);
            seen.Add(anomaly.Id);

            // Half of a past makes the present look unusual: good enough to be looked at, but not to block.
            var until = reading.IsComplete ? await blocker.BlockAsync(anomaly, finding, cancellationToken) : null;
            if (anomaly.IsDue)
            {
                LogFound(
                    logger, anomaly.Finding.Kind, anomaly.Finding.Severity, anomaly.Id, finding.ClientId, finding.Measure, finding.Seen, finding.Expected, finding.Threshold);
            }

            if (anomaly.IsDue || until is not null)
            {
                reported += anomaly.IsDue ? 1 : 0;
                blocked += until is null ? 0 : 1;
                await store.SetReportedAsync(anomaly, until, cancellationToken);
            }
        }

        await CleanAsync(cancellationToken);
        return new AnomalyScanReport(period.Until, reading.Clients.Count, reading.IsComplete, seen.Count, reported, blocked);
    }

    async Task<JobReport> ITimedJob.RunAsync(CancellationToken cancellationToken) => await RunAsync(cancellationToken);

    private async Task CleanAsync(CancellationToken cancellationToken)
    {
        if (_cleanedAt is not { } last || time.GetElapsedTime(last) >= CleanEvery)
        {
            _cleanedAt = time.GetTimestamp();
            await store.DeleteForgottenAsync(cancellationToken);
        }
    }

    // The event's name and fields are what alert rules match: see docs/anomaly-detection.md.
    [LoggerMessage(
        LogLevel.Warning,
        "Anomaly {Kind} ({Severity}) {AnomalyId} of client '{ClientId}': {Measure} {Seen:0.###}, expected {Expected:0.###}, unusual from {Threshold:0.###}",
        EventName = "AnomalyFound")]
    private static partial void LogFound(
        ILogger logger, AnomalyKind kind, AnomalySeverity severity, string anomalyId, string clientId, string measure, double seen, double expected, double threshold);

    [LoggerMessage(LogLevel.Warning, "The anomaly scan got a part of the activity only ({Clients} clients); what it finds blocks nobody")]
    private static partial void LogPartial(ILogger logger, int clients);
}
