using System.Collections.Concurrent;
using AiFunctions.Gateway.InputGuard.Scoring.Features;
using AiFunctions.Gateway.InputGuard.Scoring.Model;
using AiFunctions.Gateway.InputGuard.Scoring.Text;
using AiFunctions.Gateway.InputGuard.Scoring.Views;

namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>Looks at one text in all its views and keeps the worst stretch.</summary>
/// <param name="model">The model.</param>
/// <param name="source">Who the text comes from.</param>
/// <param name="known">Remembers blocks; null to judge each anew.</param>
internal ref struct TextScan(GuardModel model, TextSource source, BlockJudgements? known)
{
    /// <summary>How often what was decoded may hold something to decode.</summary>
    private const int DeepestDecoding = 2;

    private const int ManyInvisible = 5;

    private static readonly ConcurrentBag<ScoringBuffers> Pool = [];

    private readonly GuardModel _model = model;
    private readonly TextSource _source = source;
    private readonly SourceClassifier _classifier = model.For(source);
    private readonly BlockJudgements? _known = known;

    /// <summary>The greatest logit of all stretches.</summary>
    public float Logit { get; private set; } = float.NegativeInfinity;

    /// <summary>The concepts in that stretch.</summary>
    public ulong Concepts { get; private set; }

    /// <summary>Whether it had to be decoded, unmasked or turned round, or invisible characters are many.</summary>
    public bool IsObfuscated { get; private set; }

    /// <summary>Whether it is hardly of any language.</summary>
    public bool IsGibberish { get; private set; }

    /// <summary>Looks at a text.</summary>
    public void Scan(ReadOnlySpan<char> text) => Scan(text, 0);

    private void Scan(ReadOnlySpan<char> text, int depth)
    {
        if (!Pool.TryTake(out var buffers))
        {
            buffers = new ScoringBuffers();
        }

        var reader = new CanonicalReader(text, buffers.Hidden);
        var kept = 0;
        int read;
        do
        {
            read = reader.Read(buffers.Canonical.AsSpan(kept));
            var filled = kept + read;
            if (read > 0 && filled == ScoringBuffers.Block && depth == 0)
            {
                ScanFullBlock(buffers);
            }
            else if (read > 0)
            {
                ScanBlock(buffers, filled, depth);
            }

            kept = Math.Min(ScoringBuffers.Overlap, filled);
            buffers.Canonical.AsSpan(filled - kept, kept).CopyTo(buffers.Canonical);
        }
        while (read > 0 && kept == ScoringBuffers.Overlap);

        if (reader.HiddenLength > 0 && depth < DeepestDecoding)
        {
            ScanDecoded(buffers.Hidden.AsSpan(0, reader.HiddenLength), depth);
        }

        IsObfuscated |= reader.InvisibleCount >= ManyInvisible;
        Pool.Add(buffers);
    }

    // Judged by itself, known or not, so that the memory of it changes no score.
    private void ScanFullBlock(ScoringBuffers buffers)
    {
        var key = _known?.KeyOf(buffers.Canonical, _source) ?? default;
        var found = default(BlockJudgement);
        if (_known?.TryFind(key, out found) is not true)
        {
            var block = new TextScan(_model, _source, known: null);
            block.ScanBlock(buffers, ScoringBuffers.Block, 0);
            found = new BlockJudgement(block.Logit, block.Concepts, block.IsObfuscated, block.IsGibberish);
            _known?.Keep(key, found);
        }

        if (found.Logit > Logit)
        {
            (Logit, Concepts, IsObfuscated, IsGibberish) = (found.Logit, found.Concepts, found.IsObfuscated, found.IsGibberish);
        }
    }

    private void ScanBlock(ScoringBuffers buffers, int length, int depth)
    {
        var canonical = buffers.Canonical.AsSpan(0, length);
        var letters = buffers.Letters.AsSpan(0, ReadLetters(canonical, buffers.Letters));
        Judge(buffers, letters, canonical, depth > 0);

        var view = buffers.View.AsSpan(0, letters.Length);
        if (LookalikeReader.TryReadForeign(letters, view))
        {
            Judge(buffers, view, [], true);
        }

        var standIns = LookalikeReader.ReadStandIns(canonical, buffers.View);
        if (standIns > 0 && TextUsualness.HasUsualStretch(buffers.View.AsSpan(0, standIns), _model.Letters))
        {
            Judge(buffers, buffers.View.AsSpan(0, standIns), [], true);
        }

        var (backwards, rotated) = TurnedReader.Look(letters, _model.Letters);
        if (rotated)
        {
            TurnedReader.ReadRotated(letters, view);
            Judge(buffers, view, [], true);
        }

        if (backwards)
        {
            letters.CopyTo(view);
            view.Reverse();
            Judge(buffers, view, [], true);
        }

        if (depth < DeepestDecoding)
        {
            ScanDecoded(buffers.Decoded.AsSpan(0, EscapeDecoder.Decode(canonical, buffers.Decoded)), depth);
            ScanDecoded(buffers.Decoded.AsSpan(0, DigitDecoder.Decode(canonical, buffers.Digits, buffers.Decoded)), depth);
        }
    }

    private void ScanDecoded(ReadOnlySpan<char> decoded, int depth)
    {
        if (!decoded.IsEmpty)
        {
            Scan(decoded, depth + 1);
        }
    }

    /// <summary>The letters of a canonical stream, in lower case.</summary>
    /// <param name="canonical">The stream.</param>
    /// <param name="letters">As long; takes them.</param>
    /// <returns>How many there are.</returns>
    internal static int ReadLetters(ReadOnlySpan<char> canonical, Span<char> letters)
    {
        var folding = UnicodeFolding.Instance;
        var count = 0;
        foreach (var c in canonical)
        {
            letters[count] = c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c;
            count += folding.Classify(c) >= CharacterClass.Letter ? 1 : 0;
        }

        return count;
    }

    private void Judge(ScoringBuffers buffers, ReadOnlySpan<char> letters, ReadOnlySpan<char> canonical, bool isObfuscated)
    {
        if (letters.IsEmpty)
        {
            return;
        }

        var sums = buffers.Sums.AsSpan(0, letters.Length);
        var concepts = buffers.Concepts.AsSpan(0, letters.Length);
        sums.Clear();
        concepts.Clear();
        var sink = new StretchSums(_classifier.Weights, sums, concepts);
        FeatureExtractor.Letters(letters, _model.Letters, ref sink);
        FeatureExtractor.Punctuation(canonical, ref sink);
        var worst = StretchSums.FindWorst(sums, _classifier);
        if (worst.Logit > Logit)
        {
            Logit = worst.Logit;
            Concepts = 0;
            foreach (var found in concepts[worst.Start..worst.End])
            {
                Concepts |= found;
            }

            IsObfuscated = isObfuscated;
            IsGibberish = TextUsualness.IsGibberish(letters[worst.Start..worst.End], _model.Letters);
        }
    }
}
