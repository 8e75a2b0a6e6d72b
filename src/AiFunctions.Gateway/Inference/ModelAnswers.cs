using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.OutputFilter.SecondOpinion;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Inference;

/// <summary>Makes what answers pass through.</summary>
internal sealed class ModelAnswers(FilterPolicy policy, AnswerReviews reviews, PassageJudge judge)
{
    /// <summary>Whether answers are compared with the system text of their requests.</summary>
    public bool WantSystemText => policy.Wants(OutputCategory.SystemPrompt);

    /// <summary>What one answer passes through.</summary>
    /// <param name="format">Its format.</param>
    /// <param name="tokens">Counts its tokens.</param>
    /// <param name="context">The caller's request.</param>
    /// <param name="systemText">The request's system text, which is not to be told; null when there is none.</param>
    /// <param name="isJson">Whether the caller has asked for an answer that is JSON itself.</param>
    public ModelAnswer For(AnswerFormat format, AnswerTokens tokens, HttpContext context, SystemText? systemText, bool isJson) =>
        new(format, tokens, policy, reviews, judge, context, systemText, isJson);
}
