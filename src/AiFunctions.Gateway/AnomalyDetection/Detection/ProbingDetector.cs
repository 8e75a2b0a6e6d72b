namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>
/// Finds who feels their way: many more refusals than usual (prompts that the guard rejects, models and paths that do not exist, things the client
/// may not do), or many requests of nearly the same size from a client whose requests otherwise differ.
/// </summary>
internal static class ProbingDetector
{
    private const double LeastRefusals = 8;

    // Of the usual share: a burst of usual requests has its refusals, too.
    private const double MoreThanShare = 2;
    private const int LeastAlike = 40;
    private const double Alike = 0.1;
    private const double UsuallyDifferent = 0.3;

    public static Finding? Find(in SliceUnderTest slice) => FindRefusals(slice) ?? FindAlike(slice);

    private static Finding? FindRefusals(in SliceUnderTest slice)
    {
        var refusals = slice.Counts.Refusals;
        var forecast = slice.Baseline.Refusals.At(slice.Hour, Math.Max(LeastRefusals, MoreThanShare * slice.Baseline.RefusalShare * slice.Counts.Requests));
        return refusals < forecast.Threshold
            ? null
            : slice.Finding(
                AnomalyKind.Probing, refusals >= 3 * forecast.Threshold && refusals >= 40, "refusals", refusals, forecast.Expected, forecast.Threshold);
    }

    private static Finding? FindAlike(in SliceUnderTest slice)
    {
        var counts = slice.Counts;
        if (counts.Requests < LeastAlike || !slice.Baseline.Sizes.IsKnown || slice.Baseline.Sizes.Deviation < UsuallyDifferent)
        {
            return null;
        }

        var mean = counts.LogBytes / counts.Requests;
        var deviation = Math.Sqrt(Math.Max(0, (counts.SquaredLogBytes / counts.Requests) - (mean * mean)));
        return deviation < Alike && counts.Requests > 2 * slice.Baseline.Requests.At(slice.Hour, 0).Expected
            ? slice.Finding(AnomalyKind.Probing, isHigh: false, "log_size_deviation", deviation, slice.Baseline.Sizes.Deviation, Alike)
            : null;
    }
}
