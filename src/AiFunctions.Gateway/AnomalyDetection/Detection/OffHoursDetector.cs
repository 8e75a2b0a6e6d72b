namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>Finds work at an hour of the week when a client with a rhythm never works.</summary>
internal static class OffHoursDetector
{
    public static Finding? Find(in SliceUnderTest slice)
    {
        var rhythm = slice.Baseline.Rhythm;
        return rhythm.HasRhythm && slice.Counts.Requests >= rhythm.Threshold && rhythm.IsQuietAt(slice.Hour)
            ? slice.Finding(AnomalyKind.OffHours, isHigh: false, "requests", slice.Counts.Requests, 0, rhythm.Threshold)
            : null;
    }
}
