namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>
/// Finds many more requests than the client's own past explains, or many more tokens. Where it is known how many tokens its requests take, more tokens for
/// each of them must be a part of it: a burst of the usual requests is judged by their number alone.
/// </summary>
internal static class VolumeDetector
{
    private const double LeastRequests = 60;
    private const double LeastTokens = 100_000;
    private const double MoreTokens = 4;

    // Of the threshold, when it is reached by two slices in a row: chance seldom strikes twice.
    private const double Twice = 0.75;

    public static Finding? Find(in SliceUnderTest slice)
    {
        var baseline = slice.Baseline;
        if (baseline.History.KnownHours < SeriesModel.Unknown)
        {
            return null;
        }

        return Find(slice, "requests", slice.Counts.Requests, RequestsAt(slice))
            ?? Find(slice, "tokens", slice.Counts.Tokens, TokensAt(slice));
    }

    private static Forecast RequestsAt(in SliceUnderTest slice)
    {
        var usual = slice.Baseline.Requests.At(slice.Hour, LeastRequests);
        var factor = slice.Previous?.Requests > Twice * usual.Threshold ? Twice : 1;
        return usual with { Threshold = Math.Max(LeastRequests, factor * usual.Threshold) };
    }

    private static Forecast TokensAt(in SliceUnderTest slice)
    {
        var (requests, usual) = (slice.Counts.Requests, slice.Baseline.Tokens.At(slice.Hour, LeastTokens));
        return requests < TokenBaseline.EnoughRequests || slice.Baseline.TokensEach.Threshold is not { } each
            ? usual
            : usual with { Threshold = Math.Max(LeastTokens, Math.Max(requests * each, MoreTokens * usual.Expected)) };
    }

    private static Finding? Find(in SliceUnderTest slice, string measure, long seen, Forecast forecast) => seen <= forecast.Threshold
        ? null
        : slice.Finding(AnomalyKind.VolumeSpike, seen > 2 * forecast.Threshold && seen > 8 * forecast.Expected, measure, seen, forecast.Expected, forecast.Threshold);
}
