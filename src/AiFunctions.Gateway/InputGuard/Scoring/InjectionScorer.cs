using AiFunctions.Gateway.InputGuard.Scoring.Model;

namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>
/// Scores how much a text looks like a prompt injection or a jailbreak. Safe for concurrent use; never throws; linear in the text; blind to
/// white space, so that a text scores the same however it was cut into messages or parts (invariant I4).
/// </summary>
internal sealed class InjectionScorer
{
    private readonly GuardModel _model;

    private readonly BlockJudgements? _known;

    private InjectionScorer(GuardModel model, BlockJudgements? known)
    {
        _model = model;
        _known = known;

        // Reads the tables now, so that the start pays for them and not the first request.
        Score("ready", TextSource.User);
    }

    /// <summary>Loads the model that the assembly carries.</summary>
    /// <param name="known">Remembers the blocks of long texts; null to judge each anew.</param>
    public static InjectionScorer Load(BlockJudgements? known = null)
    {
        using var stream = Resources.Open("GuardModel.bin");
        return new InjectionScorer(GuardModel.Read(stream), known);
    }

    /// <summary>Loads a model.</summary>
    /// <param name="model">What the training tool wrote.</param>
    /// <exception cref="InvalidDataException">It is no model of this version.</exception>
    public static InjectionScorer Load(Stream model) => new(GuardModel.Read(model), known: null);

    /// <summary>Scores a text.</summary>
    /// <param name="text">Any UTF-16, lone surrogates too, of any length.</param>
    /// <param name="source">Who it comes from.</param>
    public InjectionScore Score(ReadOnlySpan<char> text, TextSource source)
    {
        var scan = new TextScan(_model, source, _known);
        scan.Scan(text);
        var value = float.IsNegativeInfinity(scan.Logit) ? 0 : _model.For(source).Calibrate(scan.Logit);
        return new InjectionScore(value, value < GuardThresholds.Flag ? InjectionReasons.None : ReasonFinder.Find(scan, source));
    }

    /// <summary>The uncalibrated logit, for the training tool.</summary>
    internal float Logit(ReadOnlySpan<char> text, TextSource source)
    {
        var scan = new TextScan(_model, source, known: null);
        scan.Scan(text);
        return scan.Logit;
    }
}
