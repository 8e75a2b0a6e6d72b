using AiFunctions.Gateway.AnomalyDetection.Detection;
using AiFunctions.Gateway.Blocks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.AnomalyDetection;

/// <summary>Blocks clients with anomalies of high severity, if the settings say so.</summary>
/// <remarks>
/// Once for each anomaly, and again when it goes on after the block has run its course: a block that an operator lifts stays lifted until
/// it would have ended.
/// </remarks>
internal sealed partial class AnomalyBlocker(
    BlockStore store, BlockList blocks, IOptions<AnomalyDetectionOptions> options, TimeProvider time, ILogger<AnomalyBlocker> logger)
{
    /// <summary>Blocks the client of an anomaly if that is due.</summary>
    /// <param name="anomaly">The anomaly, with the finding in it.</param>
    /// <param name="finding">What this scan has found.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The end of the block; null when none was made.</returns>
    public async Task<DateTimeOffset?> BlockAsync(Anomaly anomaly, Finding finding, CancellationToken cancellationToken)
    {
        if (!options.Value.AutoBlock
            || finding.Severity != AnomalySeverity.High
            || finding.WindowStart < anomaly.BlockedUntil
            || !Clients.ClientId.IsWellFormed(finding.ClientId))
        {
            return null;
        }

        var subject = BlockSubject.OfClient(finding.ClientId);
        var now = time.GetUtcNow();
        var until = now + TimeSpan.FromSeconds(options.Value.AutoBlockSeconds);
        await blocks.EnsureRecentAsync(cancellationToken);
        if (blocks.Find(subject) is not null)
        {
            return null;
        }

        var block = await store.SetAsync(
            new Block { Subject = subject, CreatedAt = now, ExpiresAt = until, Reason = $"anomaly {finding.Kind}", Count = 0, IsStored = false },
            cancellationToken);
        blocks.Set(block);
        LogBlocked(logger, options.Value.AutoBlockSeconds, finding.Kind, anomaly.Id);
        return until;
    }

    [LoggerMessage(LogLevel.Warning, "Blocked a client for {Seconds} s because of anomaly {Kind} {AnomalyId}", EventName = "AnomalyBlocked")]
    private static partial void LogBlocked(ILogger logger, int seconds, AnomalyKind kind, string anomalyId);
}
