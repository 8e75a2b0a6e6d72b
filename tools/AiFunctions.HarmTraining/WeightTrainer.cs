using System.Runtime.InteropServices;
using AiFunctions.Gateway.OutputFilter.Observers;

namespace AiFunctions.HarmTraining;

/// <summary>
/// Learns the weights: logistic regression over fading sums, by AdaGrad (Duchi et al., 2011). A text is judged by the word at which its
/// sum is highest (multiple-instance learning: one such word is enough to block it), so that word's sum is what is learnt from.
/// Of harmful texts words are left out at random, so that the rest must do, too (dropout).
/// </summary>
internal sealed class WeightTrainer
{
    private const int Epochs = 14;
    private const int LeastTexts = 3;
    private const double LearningRate = 0.12;
    private const double Decay = 2e-4;
    private const double Dropout = 0.55;
    private const float MostWeight = 3f;
    private const int MostEntries = 64_000;
    private const int MostReach = 700;

    private static readonly float Near = HarmScore.NearFade / 1024f;
    private static readonly float Far = HarmScore.FarFade / 1024f;

    private readonly Dictionary<uint, int> _ids = [];
    private readonly List<uint> _keys = [];
    private readonly List<int[][]> _texts = [];
    private readonly List<Passage> _passages = [];
    private readonly Random _random = new(1);

    /// <param name="passages">What to learn from.</param>
    public WeightTrainer(IReadOnlyList<Passage> passages)
    {
        var features = passages.AsParallel().AsOrdered().WithDegreeOfParallelism(2).Select(p => WordWalk.Features(p.Text)).ToList();
        var seen = new Dictionary<uint, int>();
        foreach (var key in features.SelectMany(words => words.SelectMany(word => word).Distinct()))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(seen, key, out _)++;
        }

        foreach (var (key, count) in seen)
        {
            if (count >= LeastTexts)
            {
                _ids.Add(key, _keys.Count);
                _keys.Add(key);
            }
        }

        _passages.AddRange(passages);
        _texts.AddRange(features.Select(words => words.Select(word => word.Where(_ids.ContainsKey).Select(key => _ids[key]).ToArray()).ToArray()));
    }

    /// <summary>Learns to tell instructions to do harm.</summary>
    /// <param name="isUsed">Which of the passages are learnt from.</param>
    public Weights LearnDanger(Func<Passage, bool> isUsed) => Learn(isUsed, p => p.IsDangerous, Near, Far);

    /// <summary>Learns to tell malicious code.</summary>
    /// <param name="isUsed">Which of the passages are learnt from.</param>
    public Weights LearnCode(Func<Passage, bool> isUsed) => Learn(isUsed, p => p.IsMalicious, Far, 0);

    /// <summary>Makes a model's file of the weights that say most.</summary>
    public byte[] Pack(Weights danger, Weights code, double doubtful, double dangerous, double malicious)
    {
        var dangerScale = 127 / MostWeight;
        var entries = Enumerable.Range(0, _keys.Count)
            .Select(i => (Key: _keys[i], Near: Round(danger.First[i]), Far: Round(danger.Second[i]), Code: Round(code.First[i])))
            .Where(e => e.Near != 0 || e.Far != 0 || e.Code != 0)
            .OrderByDescending(e => Math.Max(Math.Abs((int)e.Near) + (2 * Math.Abs((int)e.Far)), Math.Abs((int)e.Code)))
                .ThenBy(e => e.Key)
                .Take(MostEntries)
                .OrderBy(e => e.Key)
                .ToList();
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write(HarmModel.Magic);
        writer.Write(entries.Count);
        writer.Write(Threshold(doubtful, danger));
        writer.Write(Threshold(dangerous, danger));
        writer.Write(Threshold(malicious, code));
        foreach (var (key, near, far, each) in entries)
        {
            writer.Write(key);
            writer.Write(near);
            writer.Write(far);
            writer.Write(each);
            writer.Write((sbyte)0);
        }

        return file.ToArray();

        sbyte Round(float weight) => (sbyte)Math.Clamp(MathF.Round(weight * dangerScale), -127, 127);
        int Threshold(double logit, Weights weights) => (int)((logit - weights.Bias) * dangerScale * HarmScore.Unit);
    }

    /// <summary>The log odds that a sum stands for.</summary>
    public static double Logit(int sum, Weights weights) => (sum / (127 / MostWeight) / HarmScore.Unit) + weights.Bias;

    private Weights Learn(Func<Passage, bool> isUsed, Func<Passage, bool> isPositive, float fade, float slowFade)
    {
        var order = Enumerable.Range(0, _texts.Count).Where(i => isUsed(_passages[i]) && _texts[i].Length > 0).ToArray();
        var weights = new Weights(_keys.Count) { Bias = -4 };
        var (squares, slowSquares, biasSquares) = (new float[_keys.Count], new float[_keys.Count], 1f);
        Array.Fill(squares, 0.05f);
        Array.Fill(slowSquares, 0.2f);
        var kept = new bool[1 << 16];
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            _random.Shuffle(order);
            foreach (var i in order)
            {
                var text = _texts[i];
                var length = Math.Min(text.Length, kept.Length);
                var isHarm = isPositive(_passages[i]);
                var (sum, slow, best, bestAt) = (0f, 0f, float.MinValue, 0);
                var dropout = isHarm ? Dropout : 0;
                for (var n = 0; n < length; n++)
                {
                    sum *= fade;
                    slow *= slowFade;
                    kept[n] = dropout == 0 || _random.NextSingle() >= dropout;
                    if (kept[n])
                    {
                        foreach (var id in text[n])
                        {
                            sum += weights.First[id];
                            slow += weights.Second[id];
                        }
                    }

                    if (sum + slow > best)
                    {
                        (best, bestAt) = (sum + slow, n);
                    }
                }

                var error = (1 / (1 + MathF.Exp(-(best + weights.Bias)))) - (isHarm ? 1 : 0);
                if (MathF.Abs(error) < 0.002f)
                {
                    continue;
                }

                biasSquares += error * error;
                weights.Bias -= (float)(LearningRate * error / Math.Sqrt(biasSquares));
                var (share, slowShare) = (1f, 1f);
                for (var n = bestAt; n >= 0 && bestAt - n < MostReach; n--)
                {
                    if (kept[n])
                    {
                        foreach (var id in text[n])
                        {
                            Step(ref weights.First[id], ref squares[id], error * share);
                            if (slowFade > 0)
                            {
                                Step(ref weights.Second[id], ref slowSquares[id], error * slowShare);
                            }
                        }
                    }

                    share *= fade;
                    slowShare *= slowFade;
                }
            }
        }

        return weights;
    }

    private static void Step(ref float weight, ref float squares, float gradient)
    {
        gradient += (float)(Decay * weight);
        squares += gradient * gradient;
        weight = Math.Clamp(weight - (float)(LearningRate * gradient / Math.Sqrt(squares)), -MostWeight, MostWeight);
    }
}
