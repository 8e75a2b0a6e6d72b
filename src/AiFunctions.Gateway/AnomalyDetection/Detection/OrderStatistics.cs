namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>Order statistics of small samples.</summary>
internal static class OrderStatistics
{
    /// <summary>The median; 0 of nothing. The sample's order is lost.</summary>
    public static double Median(Span<float> sample)
    {
        if (sample.IsEmpty)
        {
            return 0;
        }

        sample.Sort();
        var middle = sample.Length / 2;
        return sample.Length % 2 == 1 ? sample[middle] : (sample[middle - 1] + (double)sample[middle]) / 2;
    }

    /// <summary>The largest value once the few largest are set aside, one in 150 unless told: those may be an attack. The sample's order is lost.</summary>
    public static double Largest(Span<float> sample, int oneIn = OneIn)
    {
        if (sample.IsEmpty)
        {
            return 0;
        }

        sample.Sort();
        return sample[^(1 + (sample.Length / oneIn))];
    }

    /// <summary>As <see cref="Largest"/> at the other end.</summary>
    public static double Smallest(Span<float> sample)
    {
        if (sample.IsEmpty)
        {
            return 0;
        }

        sample.Sort();
        return sample[sample.Length / OneIn];
    }

    private const int OneIn = 150;
}
