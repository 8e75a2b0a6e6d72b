namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>Finds many more requests or tokens than the client's own past explains.</summary>
internal static class VolumeDetector
{
    private const double LeastRequests = 60;
    private const double LeastTokens = 60_000;

    public static Finding? Find(in SliceUnderTest slice)
    {
        var baseline = slice.Baseline;
        if (baseline.History.KnownHours < SeriesModel.Unknown)
        {
            return null;
        }

        return Find(slice, "requests", slice.Counts.Requests, baseline.Requests.At(slice.Hour, LeastRequests))
            ?? Find(slice, "tokens", slice.Counts.Tokens, baseline.Tokens.At(slice.Hour, LeastTokens));
    }

    private static Finding? Find(in SliceUnderTest slice, string measure, long seen, Forecast forecast) => seen <= forecast.Threshold
        ? null
        : slice.Finding(AnomalyKind.VolumeSpike, seen > 2 * forecast.Threshold && seen > 8 * forecast.Expected, measure, seen, forecast.Expected, forecast.Threshold);
}
