using AiFunctions.Gateway.InputGuard.Scoring.Features;
using AiFunctions.Gateway.InputGuard.Scoring.Model;

namespace AiFunctions.GuardTraining;

/// <summary>
/// Trains a classifier of stretches from labels of whole texts, as multiple-instance learning: an attack must show in its worst stretch, and
/// no stretch of another text may. Stochastic gradient with per-weight rates (AdaGrad; Duchi, Hazan, Singer 2011).
/// </summary>
internal sealed class ClassifierTrainer(int seed)
{
    private const int Mask = SourceClassifier.Buckets - 1;
    private const int Epochs = 7;
    private const float Rate = 0.02f;
    private const float Damping = 0.1f;

    // Strong, so that the many n-grams can't learn the few families of attacks by heart.
    private const float Decay = 0.004f;
    private const float BenignWeight = 2f;

    // Features left out at random, another choice for each look at an example, so that none is leant on alone
    // (Srivastava et al., "Dropout", 2014).
    private const float Dropout = 0.3f;
    private const uint DropoutLimit = (uint)(Dropout * uint.MaxValue);

    private readonly float[] _weights = new float[SourceClassifier.Buckets];
    private readonly float[] _squares = new float[SourceClassifier.Buckets];
    private readonly float[] _biases = [-1, -1, -1];
    private readonly Random _random = new(seed);
    private float[] _sums = new float[1024];
    private uint _dropout;

    /// <summary>Trains, and cuts the weights down to bytes.</summary>
    public SourceClassifier Train(IReadOnlyList<FeaturizedExample> examples)
    {
        var order = Enumerable.Range(0, examples.Count).ToArray();
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            _random.Shuffle(order);
            foreach (var i in order)
            {
                Learn(examples[i], epoch);
            }
        }

        var greatest = _weights.Max(MathF.Abs);
        var scale = greatest / sbyte.MaxValue;
        return new SourceClassifier([.. _weights.Select(w => (sbyte)MathF.Round(w / scale))], scale, _biases, 1, 0);
    }

    /// <summary>The logit of an example's worst stretch.</summary>
    public static float Logit(SourceClassifier classifier, FeaturizedExample example)
    {
        if (example.Letters == 0)
        {
            return -20;
        }

        var sums = new int[example.Letters];
        for (var letter = 0; letter < sums.Length; letter++)
        {
            foreach (var bucket in example.Buckets.AsSpan(example.Starts[letter]..example.Starts[letter + 1]))
            {
                sums[letter] += classifier.Weights[bucket & Mask] * FeaturizedExample.FactorOf(bucket);
            }
        }

        return StretchSums.FindWorst(sums, classifier).Logit;
    }

    private void Learn(FeaturizedExample example, int epoch)
    {
        if (example.Letters == 0)
        {
            return;
        }

        if (_sums.Length < example.Letters)
        {
            _sums = new float[example.Letters];
        }

        _dropout = (uint)_random.Next();
        for (var letter = 0; letter < example.Letters; letter++)
        {
            var sum = 0f;
            foreach (var bucket in example.Buckets.AsSpan(example.Starts[letter]..example.Starts[letter + 1]))
            {
                if (IsDropped(bucket))
                {
                    continue;
                }

                sum += _weights[bucket & Mask] * FeaturizedExample.FactorOf(bucket);
            }

            _sums[letter] = sum / (1 - Dropout);
        }

        Span<Stretch> worst = stackalloc Stretch[WindowSizes.Count];
        var chosen = 0;
        for (var size = 0; size < worst.Length; size++)
        {
            worst[size] = FindWorst(example.Letters, size);
            chosen = worst[size].Logit > worst[chosen].Logit ? size : chosen;
        }

        for (var size = 0; size < worst.Length; size++)
        {
            // At first nothing is known of where in a text the attack is: then every size learns.
            var share = example.Example.IsAttack ? (size == chosen ? 1f : epoch == 0 ? 0.5f : 0.15f) : BenignWeight * (size == chosen ? 1f : 0.5f);
            Update(example, worst[size], size, share);
        }
    }

    private bool IsDropped(int bucket) => (((((uint)bucket ^ _dropout) * 0x9E3779B1u) ^ _dropout) * 0x85EBCA6Bu) < DropoutLimit;

    private Stretch FindWorst(int letters, int size)
    {
        var length = Math.Min(WindowSizes.Letters[size], letters);
        var sum = 0f;
        for (var i = 0; i < length; i++)
        {
            sum += _sums[i];
        }

        float best = sum;
        var bestEnd = length;
        for (var end = length; end < letters; end++)
        {
            sum += _sums[end] - _sums[end - length];
            if (sum > best)
            {
                (best, bestEnd) = (sum, end + 1);
            }
        }

        return new Stretch(_biases[size] + (best / WindowSizes.Norm(length)), bestEnd - length, bestEnd, size);
    }

    private void Update(FeaturizedExample example, Stretch stretch, int size, float share)
    {
        var probability = 1 / (1 + MathF.Exp(-stretch.Logit));
        var slope = share * (probability - (example.Example.IsAttack ? 1 : 0));
        if (MathF.Abs(slope) < 0.01f)
        {
            return;
        }

        _biases[size] -= 0.005f * slope;
        var value = slope / WindowSizes.Norm(stretch.End - stretch.Start);
        foreach (var bucket in example.Buckets.AsSpan(example.Starts[stretch.Start]..example.Starts[stretch.End]))
        {
            if (IsDropped(bucket))
            {
                continue;
            }

            ref var weight = ref _weights[bucket & Mask];
            ref var squares = ref _squares[bucket & Mask];
            var gradient = (value * FeaturizedExample.FactorOf(bucket)) + (Decay * weight);
            squares += gradient * gradient;
            weight -= Rate * gradient / (MathF.Sqrt(squares) + Damping);
        }
    }
}
