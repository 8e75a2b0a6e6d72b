using AiFunctions.Gateway.InputGuard.Scoring;
using AiFunctions.Gateway.InputGuard.Scoring.Features;
using AiFunctions.Gateway.InputGuard.Scoring.Model;
using AiFunctions.Gateway.InputGuard.Scoring.Text;

namespace AiFunctions.GuardTraining;

/// <summary>Turns texts into features with the scorer's own code.</summary>
internal static class Featurizer
{
    /// <summary>The canonical stream of a text and its letters.</summary>
    public static (string Canonical, string Letters) Read(string text)
    {
        var canonical = new char[(text.Length * 6) + 1];
        var reader = new CanonicalReader(text, []);
        var length = reader.Read(canonical);
        var letters = new char[length + 1];
        var count = TextScan.ReadLetters(canonical.AsSpan(0, length), letters);
        return (new string(canonical, 0, length), new string(letters, 0, count));
    }

    /// <summary>The features of an example.</summary>
    public static FeaturizedExample Featurize(Example example, LetterModel model)
    {
        var (canonical, letters) = Read(example.Text);
        var sink = new Collector([]);
        FeatureExtractor.Letters(letters, model, ref sink);
        if (letters.Length > 0)
        {
            FeatureExtractor.Punctuation(canonical, ref sink);
        }

        var starts = new int[letters.Length + 1];
        foreach (var (letter, _) in sink.Features)
        {
            starts[letter + 1]++;
        }

        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        var next = starts.AsSpan().ToArray();
        var buckets = new int[sink.Features.Count];
        foreach (var (letter, bucket) in sink.Features)
        {
            buckets[next[letter]++] = bucket;
        }

        return new FeaturizedExample(example, starts, buckets);
    }

    private readonly struct Collector(List<(int Letter, int Bucket)> features) : IFeatureSink
    {
        public List<(int Letter, int Bucket)> Features { get; } = features;

        public void Add(int letter, int bucket) => Features.Add((letter, FeaturizedExample.Pack(bucket, 1)));

        public void Add(int letter, int first, int second, int third)
        {
            Add(letter, first);
            Add(letter, second);
            Add(letter, third);
        }

        public void AddStrong(int letter, int bucket, int factor) => Features.Add((letter, FeaturizedExample.Pack(bucket, factor)));

        public void AddConcepts(int letter, ulong concepts)
        {
        }
    }
}
