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
    /// <param name="isJson">Whether the caller has asked for an answer that is JSON itself.</param>
    public abstract AnswerReader NewReader(FilterPolicy policy, SystemText? systemText, bool isJson);

    /// <summary>Looks at an answer, or at the data of an event.</summary>
    /// <param name="json">The answer or the data.</param>
    /// <param name="progress">Is told how far a streamed answer has come; null for a whole one.</param>
    /// <param name="outline">What it is.</param>
    /// <returns>Whether it is a JSON object.</returns>
    public abstract bool TryOutline(ReadOnlySpan<byte> json, AnswerProgress? progress, out AnswerOutline outline);

    /// <summary>The most tokens that the texts of an answer, or of an event, can be.</summary>
    /// <param name="json">The answer or the data.</param>
    /// <param name="outline">What <see cref="TryOutline"/> found in it.</param>
    /// <param name="estimator">Counts.</param>
    /// <param name="family">How the model counts.</param>
    public abstract long CountText(ReadOnlySpan<byte> json, in AnswerOutline outline, TokenEstimator estimator, TokenizerFamily family);

    /// <summary>Whether an event is the one that ends a stream.</summary>
    public abstract bool IsEnd(ReadOnlySpan<byte> sseEvent);
}
