using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>How large a client's requests usually are: the range of the hourly means of the logarithm of the size, in bytes.</summary>
internal sealed class SizeBaseline
{
    private const int Hours = 14 * 24;
    private const int EnoughRequests = 10;
    private const int EnoughHours = 24;

    public SizeBaseline(ClientHistory history)
    {
        var from = Math.Max(history.FirstActive, history.Length - Hours);
        Span<float> means = new float[Math.Max(0, history.Length - from)];
        Span<float> deviations = new float[means.Length];
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
                deviations[count] = MathF.Sqrt(MathF.Max(0, (history[ActivitySeries.SquaredLogBytes][hour] / n) - (mean * mean)));
                means[count++] = mean;
            }
        }

        IsKnown = count >= EnoughHours;
        Lowest = Order.Smallest(means[..count]);
        Highest = Order.Largest(means[..count]);
        Mean = requests > 0 ? sum / requests : 0;
        Deviation = Order.Median(deviations[..count]);
    }

    /// <summary>Whether enough has been seen.</summary>
    public bool IsKnown { get; }

    /// <summary>The smallest hourly mean of two weeks.</summary>
    public double Lowest { get; }

    /// <summary>The largest hourly mean of two weeks.</summary>
    public double Highest { get; }

    /// <summary>The mean over all requests.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation within a usual hour. Not over all: a change for good would count as variety.</summary>
    public double Deviation { get; }

    /// <summary>By how much the mean of some requests is outside of the range; 0 inside.</summary>
    public double Outside(double mean) => Math.Max(0, Math.Max(mean - Highest, Lowest - mean));
}
