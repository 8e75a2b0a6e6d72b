using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>How many tokens a client's requests usually take each, by the busiest slices of the last two weeks.</summary>
internal sealed class TokenBaseline
{
    /// <summary>Of fewer requests the mean says little.</summary>
    public const int EnoughRequests = 15;

    private const int Hours = 14 * 24;
    private const int EnoughHours = 12;
    private const double BeyondLargest = 1.8;

    public TokenBaseline(ClientHistory history)
    {
        var from = Math.Max(history.FirstActive, history.Length - Hours);
        Span<float> means = new float[Math.Max(0, history.Length - from)];
        var count = 0;
        for (var hour = from; hour < history.Length; hour++)
        {
            var requests = history[ActivitySeries.PeakRequests][hour];
            if (requests >= EnoughRequests)
            {
                means[count++] = history[ActivitySeries.PeakTokens][hour] / requests;
            }
        }

        Threshold = count < EnoughHours ? null : BeyondLargest * OrderStatistics.Largest(means[..count]);
    }

    /// <summary>From how many tokens for each request on it is unusual; null when not enough has been seen.</summary>
    public double? Threshold { get; }
}
