using AiFunctions.Gateway.AnomalyDetection.Detection;

namespace AiFunctions.Gateway.AnomalyDetection;

/// <summary>One anomaly as operators see it: a finding, and how long it has been going on.</summary>
internal sealed record Anomaly
{
    /// <summary>What is not seen for this long is over; when it comes again, it is a new anomaly.</summary>
    public static readonly TimeSpan QuietTime = TimeSpan.FromHours(6);

    /// <summary>What comes back within this time, of medium severity, not far beyond its threshold and hardly worse than it was, is a habit rather than news: it goes on.</summary>
    public static readonly TimeSpan ReturnTime = TimeSpan.FromDays(14);

    /// <summary>For so long after something was first seen of a client, a volume must be further beyond its threshold to be seen as well.</summary>
    public static readonly TimeSpan WaryTime = TimeSpan.FromDays(28);

    // Times the threshold. What is farther beyond it is no habit, or one bad day of the servers would hide all that comes after it.
    private const double Habitual = 2;
    private const double HardlyWorse = 1.3;
    private const double Plain = 1.5;

    public required string Id { get; init; }

    /// <summary>The finding with the highest severity; of several, the one farthest beyond its threshold.</summary>
    public required Finding Finding { get; init; }

    /// <summary>The start of the first slice that it was seen in.</summary>
    public required DateTimeOffset FirstSeenAt { get; init; }

    /// <summary>The end of the last slice that it was seen in.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>In how many slices it was seen.</summary>
    public required int Count { get; init; }

    /// <summary>The end of the block that it has led to.</summary>
    public DateTimeOffset? BlockedUntil { get; init; }

    /// <summary>The highest severity that has been reported. Null until the first report is done, which a crash may put off to the next scan.</summary>
    public AnomalySeverity? Reported { get; init; }

    /// <summary>Whether a report is due.</summary>
    public bool IsDue => Reported is not { } reported || reported < Finding.Severity;

    /// <summary>A new anomaly.</summary>
    public static Anomaly From(string id, Finding finding) => new()
    {
        Id = id,
        Finding = finding,
        FirstSeenAt = finding.WindowStart,
        LastSeenAt = finding.WindowEnd,
        Count = 1,
    };

    /// <summary>
    /// Whether a finding says nothing of a client of whom something was seen within <see cref="WaryTime"/>, unless it goes on: clients that come in bursts
    /// would be reported again and again, each time a little beyond the threshold.
    /// </summary>
    public static bool IsFaint(Finding finding) =>
        finding is { Kind: AnomalyKind.VolumeSpike, Severity: AnomalySeverity.Medium, Excess: < Plain };

    /// <summary>Whether it has not been quiet for long when the finding is made.</summary>
    public bool GoesOnIn(Finding finding) => finding.WindowStart - LastSeenAt <= QuietTime;

    /// <summary>Whether a finding belongs to this anomaly rather than to a new one.</summary>
    public bool Covers(Finding finding) => GoesOnIn(finding)
        || (finding.WindowStart - LastSeenAt <= ReturnTime && finding.Severity == AnomalySeverity.Medium
            && finding.Measure == Finding.Measure && finding.Excess <= Math.Min(Habitual, HardlyWorse * Finding.Excess));

    /// <summary>The anomaly with one more finding. One of a slice that is known already changes it only if it is worse.</summary>
    public Anomaly With(Finding finding)
    {
        var isNew = finding.WindowEnd > LastSeenAt;
        var isWorse = finding.Severity > Finding.Severity;
        if (!isNew && !isWorse)
        {
            return this;
        }

        return this with
        {
            Finding = isWorse || (finding.Severity == Finding.Severity && finding.Excess > Finding.Excess) ? finding : Finding,
            LastSeenAt = isNew ? finding.WindowEnd : LastSeenAt,
            Count = finding.WindowStart >= LastSeenAt ? Count + 1 : Count,
        };
    }
}
