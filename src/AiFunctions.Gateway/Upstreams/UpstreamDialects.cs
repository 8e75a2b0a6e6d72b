using System.Collections.Concurrent;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>What an upstream's models have been found to refuse. Kept for an hour, since servers change.</summary>
internal sealed class UpstreamDialects(UpstreamDialect configured, TimeProvider time)
{
    private const int MostModels = 1000; // callers choose the names

    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (UpstreamDialect Dialect, DateTimeOffset Until)> _learned = new(StringComparer.Ordinal);

    /// <summary>What may be added to requests for a model.</summary>
    public UpstreamDialect For(string model) =>
        _learned.TryGetValue(model, out var learned) && learned.Until > time.GetUtcNow() ? learned.Dialect : configured;

    /// <summary>Remembers what may be added.</summary>
    public void Learn(string model, UpstreamDialect dialect)
    {
        if (_learned.Count >= MostModels)
        {
            _learned.Clear();
        }

        _learned[model] = (dialect, time.GetUtcNow() + Kept);
    }
}
