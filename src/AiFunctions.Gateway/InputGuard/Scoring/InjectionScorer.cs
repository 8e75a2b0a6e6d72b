using AiFunctions.Gateway.InputGuard.Scoring.Model;

namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>
/// Scores how much a text looks like a prompt injection or a jailbreak. Safe for concurrent use; never throws; linear in the text; blind to
/// white space, so that a text scores the same however it was cut into messages or parts (invariant I4).
/// </summary>
internal sealed class InjectionScorer
{
    private readonly GuardModel _model;

    private InjectionScorer(GuardModel model)
    {
        _model = model;

        // Reads the tables now, so that the start pays for them and not the first request.
        Score("ready", TextSource.User);
    }

    /// <summary>Loads the model that the assembly carries.</summary>
    public static InjectionScorer Load()
    {
        using var stream = Resources.Open("GuardModel.bin");
        return Load(stream);
    }

    /// <summary>Loads a model.</summary>
    /// <param name="model">What the training tool wrote.</param>
    /// <exception cref="InvalidDataException">It is no model of this version.</exception>
    public static InjectionScorer Load(Stream model) => new(GuardModel.Read(model));

    /// <summary>Scores a text.</summary>
    /// <param name="text">Any UTF-16, lone surrogates too, of any length.</param>
    /// <param name="source">Who it comes from.</param>
    public InjectionScore Score(ReadOnlySpan<char> text, TextSource source)
    {
        var classifier = _model.For(source);
        var scan = new TextScan(_model, classifier);
        scan.Scan(text);
        var value = float.IsNegativeInfinity(scan.Logit) ? 0 : classifier.Calibrate(scan.Logit);
        return new InjectionScore(value, value < GuardThresholds.Flag ? InjectionReasons.None : ReasonFinder.Find(scan, source));
    }

    /// <summary>The uncalibrated logit, for the training tool.</summary>
    internal float Logit(ReadOnlySpan<char> text, TextSource source)
    {
        var scan = new TextScan(_model, _model.For(source));
        scan.Scan(text);
        return scan.Logit;
    }
}
