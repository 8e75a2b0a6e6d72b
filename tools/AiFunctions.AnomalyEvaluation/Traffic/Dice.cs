namespace AiFunctions.AnomalyEvaluation.Traffic;

/// <summary>Draws from the distributions that traffic is made of. The same seed gives the same draws.</summary>
internal sealed class Dice(int seed)
{
    private const double SmallMean = 30;
    private readonly Random _random = new(seed);

    public bool Chance(double probability) => _random.NextDouble() < probability;

    public int Below(int limit) => _random.Next(limit);

    public double Between(double from, double to) => from + (_random.NextDouble() * (to - from));

    /// <summary>Even on a logarithmic scale.</summary>
    public double LogBetween(double from, double to) => Math.Exp(Between(Math.Log(from), Math.Log(to)));

    public T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    public double LogNormal(double median, double sigma) => median * Math.Exp(sigma * Normal());

    /// <summary>Heavy-tailed, 1 and more.</summary>
    public double Pareto(double shape) => Math.Pow(1 - _random.NextDouble(), -1 / shape);

    public int Poisson(double mean)
    {
        if (mean <= 0)
        {
            return 0;
        }

        if (mean > SmallMean)
        {
            return (int)Math.Max(0, Math.Round(mean + (Math.Sqrt(mean) * Normal())));
        }

        var limit = Math.Exp(-mean);
        var count = 0;
        for (var product = _random.NextDouble(); product > limit; product *= _random.NextDouble())
        {
            count++;
        }

        return count;
    }

    /// <summary>A mean of 1; the smaller the shape, the wilder (Marsaglia and Tsang, 2000).</summary>
    public double Gamma(double shape)
    {
        if (shape < 1)
        {
            return Gamma(shape + 1) * (shape + 1) / shape * Math.Pow(_random.NextDouble(), 1 / shape);
        }

        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal();
            var v = Math.Pow(1 + (c * x), 3);
            if (v > 0 && Math.Log(1 - _random.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v / shape;
            }
        }
    }

    /// <summary>How many of so many.</summary>
    public int Binomial(int count, double probability)
    {
        var mean = count * probability;
        if (mean < SmallMean && probability < 0.1)
        {
            return Math.Min(count, Poisson(mean));
        }

        if (count > 200)
        {
            return (int)Math.Clamp(Math.Round(mean + (Math.Sqrt(mean * (1 - probability)) * Normal())), 0, count);
        }

        var hits = 0;
        for (var i = 0; i < count; i++)
        {
            hits += Chance(probability) ? 1 : 0;
        }

        return hits;
    }
}
