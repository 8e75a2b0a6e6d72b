using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>How large a client's requests usually are: the range of the hourly means of the logarithm of the size, in bytes.</summary>
internal sealed class SizeBaseline
{
    private const int Hours = 14 * 24;
    private const int EnoughRequests = 10;
    private const int EnoughHours = 24;

    // A mean of a few requests is off by chance: so many standard errors of it say nothing about the range.
    private const float Errors = 2;

    public SizeBaseline(ClientHistory history)
    {
        var from = Math.Max(history.FirstActive, history.Length - Hours);
        Span<float> low = new float[Math.Max(0, history.Length - from)];
        Span<float> high = new float[low.Length];
        Span<float> deviations = new float[low.Length];
        var count = 0;
        var (requests, sum) = (0.0, 0.0);
        for (var hour = from; hour < history.Length; hour++)
        {
            var n = history[ActivitySeries.Requests][hour];
            requests += n;
            sum += history[ActivitySeries.LogBytes][hour];
            if (n >= EnoughRequests)
            {
                var mean = history[ActivitySeries.LogBytes][hour] / n;
                var deviation = MathF.Sqrt(MathF.Max(0, (history[ActivitySeries.SquaredLogBytes][hour] / n) - (mean * mean)));
                deviations[count] = deviation;
                (low[count], high[count]) = (mean + (Errors * deviation / MathF.Sqrt(n)), mean - (Errors * deviation / MathF.Sqrt(n)));
                count++;
            }
        }

        IsKnown = count >= EnoughHours;
        Mean = requests > 0 ? sum / requests : 0;
        Lowest = Math.Min(Mean, OrderStatistics.Smallest(low[..count]));
        Highest = Math.Max(Mean, OrderStatistics.Largest(high[..count]));
        Deviation = OrderStatistics.Median(deviations[..count]);
    }

    /// <summary>Whether enough has been seen.</summary>
    public bool IsKnown { get; }

    /// <summary>The smallest hourly mean of two weeks, without what chance makes of it.</summary>
    public double Lowest { get; }

    /// <summary>The largest hourly mean of two weeks, without what chance makes of it.</summary>
    public double Highest { get; }

    /// <summary>The mean over all requests.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation within a usual hour. Not over all: a change for good would count as variety.</summary>
    public double Deviation { get; }

    /// <summary>By how much the mean of some requests is outside of the range; 0 inside.</summary>
    public double Outside(double mean) => Math.Max(0, Math.Max(mean - Highest, Lowest - mean));
}
