using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>
/// Finds requests unlike those the client is known for: operations it never used, sizes far outside of what it sends, or models it never used with
/// sizes somewhat outside. A new model by itself is nothing: clients move from one to the next.
/// </summary>
internal static class ShapeDetector
{
    private const int LeastRequests = 20;
    private const int KnownHours = 72;
    private const double Rare = 0.005;
    private const double RareLately = 0.1;
    private const double NewOperations = 0.25;
    private const double NewModels = 0.25;

    // Natural logarithms: 1.6 times the size, and six times.
    private static readonly double SomewhatOutside = Math.Log(1.6);
    private static readonly double FarOutside = Math.Log(6);

    public static Finding? Find(in SliceUnderTest slice)
    {
        var (counts, baseline) = (slice.Counts, slice.Baseline);
        var history = baseline.History;
        if (counts.Requests < LeastRequests || history.KnownHours < KnownHours || !baseline.Sizes.IsKnown)
        {
            return null;
        }

        var operations = NewShare(counts.Operations, history.Operations, history.LatelyOperations);
        var models = NewShare(counts.Models, history.Models, history.LatelyModels);
        var mean = counts.LogBytes / counts.Requests;
        var noise = 4 * baseline.Sizes.Deviation / Math.Sqrt(counts.Requests);
        var outside = baseline.Sizes.Outside(mean) - noise;

        // The requests to new models are a part of what is seen, and move its mean by that part only.
        var limit = models >= NewModels ? models * SomewhatOutside : FarOutside;
        var isHigh = outside > limit && models >= NewModels && operations >= NewOperations;

        if (operations >= NewOperations)
        {
            return slice.Finding(AnomalyKind.UnusualShape, isHigh, "new_operation_share", operations, 0, NewOperations);
        }

        if (outside > limit)
        {
            var threshold = mean > baseline.Sizes.Mean ? baseline.Sizes.Highest + noise + limit : baseline.Sizes.Lowest - noise - limit;
            return slice.Finding(
                AnomalyKind.UnusualShape, isHigh, "typical_request_bytes", Math.Exp(mean), Math.Exp(baseline.Sizes.Mean), Math.Exp(threshold));
        }

        return null;
    }

    private static double NewShare(ActivityMix seen, ActivityMix past, ActivityMix lately)
    {
        var share = 0.0;
        foreach (var key in seen.Counts.Keys)
        {
            share += past.ShareOf(key) < Rare && lately.ShareOf(key) < RareLately ? seen.ShareOf(key) : 0;
        }

        return share;
    }
}
