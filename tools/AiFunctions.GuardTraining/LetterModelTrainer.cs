using AiFunctions.Gateway.InputGuard.Scoring.Model;

namespace AiFunctions.GuardTraining;

/// <summary>Counts trigrams, smoothed by adding a little to each (Lidstone).</summary>
internal static class LetterModelTrainer
{
    private const float Smoothing = 0.5f;
    private const int StepsPerBit = 16;

    /// <summary>Trains.</summary>
    public static LetterModel Train(IEnumerable<string> texts)
    {
        const int N = LetterModel.Alphabet;
        var counts = new float[LetterModel.Size];
        Array.Fill(counts, Smoothing);
        foreach (var text in texts)
        {
            var (_, letters) = Featurizer.Read(text);
            for (var i = 2; i < letters.Length; i++)
            {
                int a = letters[i - 2] - 'a', b = letters[i - 1] - 'a', c = letters[i] - 'a';
                if ((uint)a < N && (uint)b < N && (uint)c < N)
                {
                    counts[(((a * N) + b) * N) + c]++;
                }
            }
        }

        var costs = new byte[LetterModel.Size];
        for (var start = 0; start < costs.Length; start += N)
        {
            var total = counts.AsSpan(start, N).ToArray().Sum();
            for (var c = start; c < start + N; c++)
            {
                costs[c] = (byte)Math.Min(MathF.Round(-MathF.Log2(counts[c] / total) * StepsPerBit), byte.MaxValue);
            }
        }

        return new LetterModel(costs);
    }
}
