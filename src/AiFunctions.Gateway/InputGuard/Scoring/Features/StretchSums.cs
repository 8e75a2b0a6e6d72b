using System.Runtime.CompilerServices;
using AiFunctions.Gateway.InputGuard.Scoring.Model;

namespace AiFunctions.Gateway.InputGuard.Scoring.Features;

/// <summary>Adds up the weights of features by letter, and finds the worst stretch.</summary>
/// <param name="weights">The classifier's weights.</param>
/// <param name="sums">A sum for each letter, cleared.</param>
/// <param name="concepts">The concepts found at each letter, cleared.</param>
internal readonly ref struct StretchSums(ReadOnlySpan<sbyte> weights, Span<int> sums, Span<ulong> concepts) : IFeatureSink
{
    private readonly ReadOnlySpan<sbyte> _weights = weights;
    private readonly Span<int> _sums = sums;
    private readonly Span<ulong> _concepts = concepts;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int letter, int bucket) => _sums[letter] += _weights[bucket];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int letter, int first, int second, int third) => _sums[letter] += _weights[first] + _weights[second] + _weights[third];

    /// <inheritdoc/>
    public void AddStrong(int letter, int bucket, int factor) => _sums[letter] += _weights[bucket] * factor;

    /// <inheritdoc/>
    public void AddConcepts(int letter, ulong concepts) => _concepts[letter] |= concepts;

    /// <summary>The stretch with the greatest logit of any size.</summary>
    /// <param name="sums">The sums, a letter each.</param>
    /// <param name="classifier">Whose weights were added up.</param>
    public static Stretch FindWorst(ReadOnlySpan<int> sums, SourceClassifier classifier)
    {
        var worst = new Stretch(float.NegativeInfinity, 0, 0, 0);
        for (var size = 0; size < WindowSizes.Count; size++)
        {
            var length = Math.Min(WindowSizes.Letters[size], sums.Length);
            var sum = 0;
            foreach (var value in sums[..length])
            {
                sum += value;
            }

            int best = sum, bestEnd = length;
            for (var end = length; end < sums.Length; end++)
            {
                sum += sums[end] - sums[end - length];
                if (sum > best)
                {
                    (best, bestEnd) = (sum, end + 1);
                }
            }

            var logit = classifier.Logit(best, length, size);
            if (logit > worst.Logit)
            {
                worst = new Stretch(logit, bestEnd - length, bestEnd, size);
            }
        }

        return worst;
    }
}
