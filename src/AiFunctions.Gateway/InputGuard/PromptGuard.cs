using AiFunctions.Gateway.Blocks;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.InputGuard.Prompts;
using AiFunctions.Gateway.InputGuard.PromptShields;
using AiFunctions.Gateway.InputGuard.Scoring;
using AiFunctions.Gateway.Reviews;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.InputGuard;

/// <summary>Judges a request's prompt before anything is spent on it.</summary>
internal sealed class PromptGuard(
    IOptions<InputGuardOptions> options,
    Lazy<InjectionScorer> scorer,
    JudgementCache judgements,
    TextFingerprints fingerprints,
    ReviewDecisions decisions,
    ReviewRecorder reviews,
    PromptShieldsClient shields)
{
    private readonly InputGuardOptions _options = options.Value;
    private readonly float _flagThreshold = (float)options.Value.FlagThreshold;
    private readonly float _blockThreshold = (float)options.Value.BlockThreshold;

    /// <summary>The settings.</summary>
    public InputGuardOptions Options => _options;

    /// <summary>Begins to gather what of a prompt is judged; null when nothing is.</summary>
    public PromptText? Begin() => _options.Mode == InputGuardMode.Off ? null : new(_options.TrustSystemMessages, _options.TrustAssistantMessages);

    /// <summary>Judges a prompt and leaves the <see cref="GuardVerdict"/> with the request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="text">What was gathered of it; stays whole until the task has ended.</param>
    /// <param name="model">The model that it names.</param>
    /// <returns>What to answer in place of serving it; null when it may be served.</returns>
    public ValueTask<GatewayError?> CheckAsync(HttpContext context, PromptText text, string model)
    {
        var user = Judge(text, TextSource.User);
        var document = Judge(text, TextSource.Document);
        if (!IsSuspicious(user) && !IsSuspicious(document))
        {
            SetVerdict(context, user, document, GuardOutcome.Allowed);
            return default;
        }

        return new(DecideAsync(context, user, document, model));
    }

    private JudgedText Judge(PromptText text, TextSource source)
    {
        var joined = text.Join(source);
        if (joined.IsEmpty)
        {
            return default;
        }

        var key = judgements.KeyOf(joined.Span, source);
        if (!judgements.TryGet(key, out var judgement))
        {
            judgement = new Judgement(scorer.Value.Score(joined.Span, source));
            judgements.Set(key, judgement);
        }

        return new JudgedText(source, joined, key, judgement);
    }

    // Asked the other way round, so that a score that is no number would be suspicious.
    private bool IsSuspicious(JudgedText text) => !text.Text.IsEmpty && !(text.Judgement.Score.Value < _flagThreshold);

    private async Task<GatewayError?> DecideAsync(HttpContext context, JudgedText user, JudgedText document, string model)
    {
        var outcome = await DecideAsync(context, user, model);
        if (outcome != GuardOutcome.Rejected)
        {
            outcome = (GuardOutcome)Math.Max((int)outcome, (int)await DecideAsync(context, document, model));
        }

        SetVerdict(context, user, document, outcome);
        return outcome == GuardOutcome.Rejected ? GatewayErrors.PromptRejected : null;
    }

    // What an operator has said goes before what a model thinks, ours or the other one.
    private async ValueTask<GuardOutcome> DecideAsync(HttpContext context, JudgedText text, string model)
    {
        if (!IsSuspicious(text))
        {
            return GuardOutcome.Allowed;
        }

        var subject = new ReviewSubject(ClientIdentity.Of(context).Client.Id, SourceOf(text), fingerprints.Of(text.Text.Span));
        var outcome = await DecideAsync(context, text, subject, model);
        if (outcome == GuardOutcome.Rejected)
        {
            context.Features.Get<PromptSender>()?.RefusedText = subject.Fingerprint.Value;
        }

        return outcome;
    }

    private async ValueTask<GuardOutcome> DecideAsync(HttpContext context, JudgedText text, ReviewSubject subject, string model)
    {
        switch (await decisions.FindAsync(subject, context.RequestAborted))
        {
            case ReviewStatus.Allowed:
                return GuardOutcome.Allowed;
            case ReviewStatus.Rejected:
                return GuardOutcome.Rejected;
        }

        var outcome = text.Judgement.Score.Value < _blockThreshold
            ? await AskForSecondOpinionAsync(context, text)
            : RejectedInBlockMode();
        if (outcome != GuardOutcome.Allowed)
        {
            reviews.Add(context, model, subject, FindingOf(text, outcome));
        }

        return outcome;
    }

    private async ValueTask<GuardOutcome> AskForSecondOpinionAsync(HttpContext context, JudgedText text)
    {
        if (!shields.IsOn)
        {
            return GuardOutcome.Flagged;
        }

        var opinion = text.Judgement.Opinion;
        if (opinion == ShieldOpinion.None)
        {
            opinion = await shields.AskAsync(text.Text, text.Source, context.TraceIdentifier, context.RequestAborted);
            judgements.Set(text.Key, text.Judgement with { Opinion = opinion });
        }

        return opinion switch
        {
            ShieldOpinion.Clean => GuardOutcome.Allowed,
            ShieldOpinion.Attack => RejectedInBlockMode(),
            _ => _options.PromptShields.OnFailure == PromptShieldsFailurePolicy.Reject ? RejectedInBlockMode() : GuardOutcome.Flagged,
        };
    }

    private GuardOutcome RejectedInBlockMode() => _options.Mode == InputGuardMode.Block ? GuardOutcome.Rejected : GuardOutcome.Flagged;

    private static ReviewSource SourceOf(JudgedText text) => text.Source == TextSource.Document ? ReviewSource.Document : ReviewSource.User;

    private static ReviewFinding FindingOf(JudgedText text, GuardOutcome outcome) => new(
        text.Judgement.Score.Value,
        InjectionReasonNames.Of(text.Judgement.Score.Reasons),
        outcome == GuardOutcome.Rejected ? ReviewVerdict.Rejected : ReviewVerdict.Flagged,
        text.Text.Length);

    private static void SetVerdict(HttpContext context, JudgedText user, JudgedText document, GuardOutcome outcome)
    {
        var (a, b) = (user.Judgement.Score, document.Judgement.Score);
        context.Features.Set(new GuardVerdict(Math.Max(a.Value, b.Value), outcome, a.Reasons | b.Reasons));
    }

    private readonly record struct JudgedText(TextSource Source, ReadOnlyMemory<char> Text, UInt128 Key, Judgement Judgement);
}
