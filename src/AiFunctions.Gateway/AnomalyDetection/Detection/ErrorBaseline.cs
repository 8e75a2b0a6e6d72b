using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>The share of a client's requests that usually fails.</summary>
internal sealed class ErrorBaseline
{
    private const int Hours = 14 * 24;
    private const double LeastThreshold = 0.15;
    private const double MostThreshold = 0.9;
    private const int EnoughRequests = 20;

    // Bad days of the servers come more often than attacks, and must not make everything usual.
    private const int OneIn = 30;

    public ErrorBaseline(ClientHistory history, ActivitySeries errors)
    {
        var from = Math.Max(history.FirstActive, history.Length - Hours);
        var (allErrors, allRequests) = (0.5, 20.0); // as if that much had been seen before
        Span<float> shares = new float[Math.Max(0, history.Length - from)];
        var count = 0;
        for (var hour = from; hour < history.Length; hour++)
        {
            var requests = history[ActivitySeries.Requests][hour];
            allErrors += history[errors][hour];
            allRequests += requests;
            if (requests >= EnoughRequests)
            {
                shares[count++] = history[errors][hour] / requests;
            }
        }

        Expected = allErrors / allRequests;
        Threshold = Math.Clamp(Math.Max(4 * Expected, 1.6 * OrderStatistics.Largest(shares[..count], OneIn)), LeastThreshold, MostThreshold);
    }

    /// <summary>The usual share, 0 to 1.</summary>
    public double Expected { get; }

    /// <summary>The share from which on it is unusual.</summary>
    public double Threshold { get; }

    /// <summary>Whether so many of so many are unusual, beyond what chance makes of that share.</summary>
    public bool IsUnusual(long errors, long requests, int least) =>
        errors >= least && errors > (requests * Threshold) + (2.5 * Math.Sqrt(requests * Threshold * (1 - Threshold)));
}
