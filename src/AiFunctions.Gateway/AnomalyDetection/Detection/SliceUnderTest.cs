using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>One slice of one client, with what is usual for it.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="Slice">The slice.</param>
/// <param name="Previous">What was in the slice just before; null when nothing was.</param>
/// <param name="End">Its end, or now if it has not ended.</param>
/// <param name="Baseline">What is usual.</param>
internal readonly record struct SliceUnderTest(
    string ClientId, ActivitySlice Slice, ActivityCounts? Previous, DateTimeOffset End, ClientBaseline Baseline)
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
