using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>One slice of one client, with what is usual for it.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="Slice">The slice.</param>
/// <param name="End">Its end, or now if it has not ended.</param>
/// <param name="Baseline">What is usual.</param>
/// <param name="IsServerTrouble">Whether several clients' requests fail on the servers' side at this time.</param>
internal readonly record struct SliceUnderTest(
    string ClientId, ActivitySlice Slice, DateTimeOffset End, ClientBaseline Baseline, bool IsServerTrouble)
{
    public ActivityCounts Counts => Slice.Counts;

    /// <summary>The number of the slice's hour in the client's past.</summary>
    public int Hour => Baseline.History.IndexOf(Slice.Start);

    public Finding Finding(AnomalyKind kind, bool isHigh, string measure, double seen, double expected, double threshold) => new()
    {
        ClientId = ClientId,
        Kind = kind,
        Severity = isHigh ? AnomalySeverity.High : AnomalySeverity.Medium,
        Measure = measure,
        Seen = seen,
        Expected = expected,
        Threshold = threshold,
        WindowStart = Slice.Start,
        WindowEnd = End,
    };
}
