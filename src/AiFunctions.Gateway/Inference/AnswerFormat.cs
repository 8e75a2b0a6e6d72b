using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Answers;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.Tokens;

namespace AiFunctions.Gateway.Inference;

/// <summary>An operation's answers, whole and as server-sent events. One object for all answers.</summary>
internal abstract class AnswerFormat
{
    /// <summary>What finds the texts of one answer.</summary>
    /// <param name="policy">What is looked for in them.</param>
    /// <param name="systemText">The request's system text; null when there is none to protect.</param>
    public abstract AnswerReader NewReader(FilterPolicy policy, SystemText? systemText);

    /// <summary>Looks at an answer, or at the data of an event, for what it says about tokens.</summary>
    /// <param name="json">The answer or the data.</param>
    /// <param name="usage">What it says.</param>
    /// <returns>Whether it is a JSON object.</returns>
    public abstract bool TryReadUsage(ReadOnlySpan<byte> json, out AnswerUsage usage);

    /// <summary>The most tokens that the texts of an answer, or of an event, can be.</summary>
    /// <param name="json">The answer or the data.</param>
    /// <param name="usage">What <see cref="TryReadUsage"/> found in it.</param>
    /// <param name="estimator">Counts.</param>
    /// <param name="family">How the model counts.</param>
    public abstract long CountText(ReadOnlySpan<byte> json, in AnswerUsage usage, TokenEstimator estimator, TokenizerFamily family);

    /// <summary>Whether an event is the one that ends a stream.</summary>
    public abstract bool IsEnd(ReadOnlySpan<byte> sseEvent);

    /// <summary>Whether an event completes the answer: a server that then ends the stream has said all, even without the event that ends it.</summary>
    public abstract bool Completes(ReadOnlySpan<byte> sseEvent);
}
