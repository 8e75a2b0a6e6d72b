using System.Numerics;
using System.Runtime.CompilerServices;
using AiFunctions.Gateway.InputGuard.Scoring.Concepts;
using AiFunctions.Gateway.InputGuard.Scoring.Model;
using AiFunctions.Gateway.InputGuard.Scoring.Text;

namespace AiFunctions.Gateway.InputGuard.Scoring.Features;

/// <summary>
/// Finds the classifier's features: n-grams of letters, n-grams with punctuation, concepts and what follows them, and how usual the
/// letters are. A bounded number at each letter, so that time is linear and a run of punctuation cannot outweigh a sentence.
/// </summary>
internal static class FeatureExtractor
{
    private const uint Prime = 0x9E3779B1;
    private const uint Mixer = 0x85EBCA6B;

    // Kinds of feature are told apart by what their hashes start from.
    private const uint PunctuationSeed = 0x51ED270B;
    private const uint ShapeSeed = 0x2545F491;
    private const uint UsualSeed = 0x3C6EF372;

    private const int MostPunctuationFeatures = 12;
    private const int LastCharacters = (1 << 6) - 1;
    private const int RecentSlots = 256;
    private const int RecentLetters = 48;
    private const int UsualStretch = 24;
    private const int UsualStride = 8;

    /// <summary>Features of the letters alone.</summary>
    /// <param name="letters">Folded lower-case letters of any script.</param>
    /// <param name="model">The letter model; null leaves its features out.</param>
    /// <param name="sink">Takes them.</param>
    public static void Letters<TSink>(ReadOnlySpan<char> letters, LetterModel? model, ref TSink sink)
        where TSink : IFeatureSink, allows ref struct
    {
        NGramsAndConcepts(letters, ref sink);
        if (model is not null)
        {
            Usualness(letters, model, ref sink);
        }
    }

    /// <summary>Features that punctuation, digits and case take part in.</summary>
    /// <param name="canonical">The canonical stream that the letters are from, with the case of ASCII.</param>
    /// <param name="sink">Takes them.</param>
    public static void Punctuation<TSink>(ReadOnlySpan<char> canonical, ref TSink sink)
        where TSink : IFeatureSink, allows ref struct
    {
        var folding = UnicodeFolding.Instance;
        uint h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0;
        var sinceOther = 16;
        var letterBits = 0;
        var letter = 0;
        var left = MostPunctuationFeatures;
        foreach (var original in canonical)
        {
            var kind = folding.Classify(original);
            var isLetter = kind >= CharacterClass.Letter;
            uint c = kind == CharacterClass.Digit ? '0' : original is >= 'A' and <= 'Z' ? original | 0x20u : original;
            uint shape = isLetter ? (original is >= 'A' and <= 'Z' ? 'A' : 'a') : c;
            sinceOther = isLetter ? sinceOther + 1 : 0;
            letterBits = ((letterBits << 1) | (isLetter ? 1 : 0)) & LastCharacters;
            if (isLetter)
            {
                letter++;
                left = MostPunctuationFeatures;
            }

            h5 = (h4 * Prime) + c;
            h4 = (h3 * Prime) + c;
            h3 = (h2 * Prime) + c;
            h2 = (h1 * Prime) + c;
            h1 = c;
            s6 = (s5 * Prime) + shape;
            s5 = (s4 * Prime) + shape;
            s4 = (s3 * Prime) + shape;
            s3 = (s2 * Prime) + shape;
            s2 = (s1 * Prime) + shape;
            s1 = shape;

            // Letters joined by signs are a disguise, or a drawing: what stands between them says nothing.
            var isJoined = (letterBits & (letterBits >> 1)) == 0 && BitOperations.PopCount((uint)letterBits) > 1;
            if (sinceOther < 5 && left > 0 && !isJoined)
            {
                var at = Math.Max(letter - 1, 0);
                left -= 4;
                sink.Add(at, Bucket(h3 ^ PunctuationSeed), Bucket(h5 ^ PunctuationSeed), Bucket(s4 ^ ShapeSeed));
                sink.Add(at, Bucket(s6 ^ ShapeSeed));
            }
        }
    }

    // In one loop, since a step of the automaton waits for memory and n-grams keep the processor busy meanwhile.
    private static void NGramsAndConcepts<TSink>(ReadOnlySpan<char> letters, ref TSink sink)
        where TSink : IFeatureSink, allows ref struct
    {
        var folding = UnicodeFolding.Instance;
        Span<uint> recent = stackalloc uint[RecentSlots];
        Span<int> recentEnds = stackalloc int[RecentSlots];
        recent.Clear();
        recentEnds.Fill(-RecentLetters);
        var concepts = new ConceptFeatures();
        var automaton = ConceptAutomaton.Instance;
        var state = ConceptAutomaton.Start;
        uint h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0, h7 = 0, h8 = 0, h9 = 0, h10 = 0;
        for (var i = 0; i < letters.Length; i++)
        {
            state = automaton.Step(state, letters[i]);
            if (automaton.Found(state) is not 0 and var found)
            {
                concepts.Add(i, found, ref sink);
            }

            uint c = letters[i];
            h10 = (h9 * Prime) + c;
            h9 = (h8 * Prime) + c;
            h8 = (h7 * Prime) + c;
            h7 = (h6 * Prime) + c;
            h6 = (h5 * Prime) + c;
            h5 = (h4 * Prime) + c;
            h4 = (h3 * Prime) + c;
            h3 = (h2 * Prime) + c;
            h2 = (h1 * Prime) + c;
            h1 = c;

            // What is said over and over counts once, or a little weight would grow with every repetition.
            var slot = (int)((h6 * Mixer) >> 24);
            var isRepeated = recent[slot] == h6 && i - recentEnds[slot] < RecentLetters;
            (recent[slot], recentEnds[slot]) = (h6, i);
            if (isRepeated)
            {
                continue;
            }

            sink.Add(i, Bucket(h3), Bucket(h4), Bucket(h5));
            if (c < 0x2E80 || folding.Classify(letters[i]) != CharacterClass.Syllable)
            {
                sink.Add(i, Bucket(h6), Bucket(h8), Bucket(h10));
            }
            else
            {
                sink.Add(i, Bucket(h2));
                sink.Add(i, Bucket(h1));
            }
        }
    }

    private static void Usualness<TSink>(ReadOnlySpan<char> letters, LetterModel model, ref TSink sink)
        where TSink : IFeatureSink, allows ref struct
    {
        Span<byte> costs = stackalloc byte[UsualStretch];
        costs.Clear();
        int a = -1, b = -1, sum = 0, run = 0, slot = 0;
        for (var i = 0; i < letters.Length; i++)
        {
            var c = letters[i] - 'a';
            var isLatin = (uint)c < LetterModel.Alphabet;
            run = isLatin ? run + 1 : 0;
            var cost = run > 2 ? model.Cost(a, b, c) : 0;
            sum += cost - costs[slot];
            costs[slot] = (byte)cost;
            slot = slot + 1 == UsualStretch ? 0 : slot + 1;
            (a, b) = (b, c);
            if (run > UsualStretch + 2 && i % UsualStride == 0)
            {
                // Average cost in steps of half a bit.
                sink.Add(i, Bucket(UsualSeed + (uint)(sum / UsualStretch / 8)));
            }
        }
    }

    /// <summary>The bucket of a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Bucket(uint hash) => (int)(((hash ^ (hash >> 15)) * Mixer) >> (32 - SourceClassifier.BucketBits));
}
