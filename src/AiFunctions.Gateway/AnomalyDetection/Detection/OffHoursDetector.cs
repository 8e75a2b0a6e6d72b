namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>Finds work at an hour of the week when a client with a rhythm never works.</summary>
internal static class OffHoursDetector
{
    // Of the threshold, when it is reached twice in a row.
    private const double Twice = 0.65;

    public static Finding? Find(in SliceUnderTest slice)
    {
        var rhythm = slice.Baseline.Rhythm;
        return rhythm.HasRhythm && IsWork(slice, rhythm.Threshold) && rhythm.IsQuietAt(slice.Hour)
            ? slice.Finding(AnomalyKind.OffHours, isHigh: false, "requests", slice.Counts.Requests, 0, rhythm.Threshold)
            : null;
    }

    private static bool IsWork(in SliceUnderTest slice, double threshold) => slice.Counts.Requests >= threshold
        || (slice.Counts.Requests >= Twice * threshold && slice.Previous?.Requests >= Twice * threshold && slice.Counts.Requests >= RhythmBaseline.LeastThreshold);
}
