using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>How many requests there were of each of a few values, which are known by hashes only.</summary>
internal sealed class ActivityMix
{
    /// <summary>How many values are told apart. All others count as one.</summary>
    public const int Most = 32;

    /// <summary>Stands for all values beyond <see cref="Most"/>.</summary>
    public const uint Other = 0;

    private readonly Dictionary<uint, long> _counts = [];

    /// <summary>The counts.</summary>
    public IReadOnlyDictionary<uint, long> Counts => _counts;

    /// <summary>All of them together.</summary>
    public long Total { get; private set; }

    /// <summary>The hash that stands for a value.</summary>
    public static uint KeyOf(string value) => Math.Max(1, XxHash32.HashToUInt32(MemoryMarshal.AsBytes(value.AsSpan())));

    /// <summary>The share of the values among all, 0 to 1; 0 when there is nothing.</summary>
    public double ShareOf(uint key) => Total == 0 ? 0 : (double)_counts.GetValueOrDefault(key) / Total;

    public void Add(uint key, long count)
    {
        if (count <= 0)
        {
            return;
        }

        Total += count;
        if (!_counts.ContainsKey(key) && _counts.Count >= Most)
        {
            key = Other;
        }

        CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _) += count;
    }

    public void Add(ActivityMix other)
    {
        foreach (var (key, count) in other._counts)
        {
            Add(key, count);
        }
    }
}
