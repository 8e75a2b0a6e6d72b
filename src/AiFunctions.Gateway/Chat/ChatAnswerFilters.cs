using System.Text.Json;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.SecondOpinion;
using AiFunctions.Gateway.Tokens;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Chat;

/// <summary>Makes the filters of chat answers.</summary>
internal sealed class ChatAnswerFilters(FilterPolicy policy, AnswerReviews reviews, PassageJudge judge)
{
    /// <summary>The filter of one answer.</summary>
    /// <param name="tokens">Counts its tokens.</param>
    /// <param name="context">The caller's request.</param>
    /// <param name="request">Its body, whose system text is not to be told.</param>
    public ChatAnswerFilter For(ChatTokens tokens, HttpContext context, JsonElement request) => new(tokens, policy, reviews, judge, context, request);
}
