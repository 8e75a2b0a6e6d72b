using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.Relay;
using AiFunctions.Gateway.Tokens;
using AiFunctions.Gateway.Upstreams;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Inference;

/// <summary>Passes the answers of upstreams on to one caller, till one of them is an answer. One for each request.</summary>
/// <param name="api">The operation.</param>
/// <param name="model">The model that the request names.</param>
/// <param name="request">The request.</param>
/// <param name="use">Is told of the tokens.</param>
/// <param name="context">The caller's request.</param>
/// <param name="answers">Makes what answers pass through.</param>
/// <param name="estimator">Counts what is not reported.</param>
/// <param name="tokenizer">How the model counts.</param>
/// <param name="systemText">The request's system text, which is not to be told; null when there is none.</param>
internal sealed class AnswerTaker(
    ModelApi api,
    string model,
    ModelRequest request,
    TokenUse use,
    HttpContext context,
    ModelAnswers answers,
    TokenEstimator estimator,
    TokenizerFamily tokenizer,
    SystemText? systemText)
{
    /// <summary>Passes an answer on.</summary>
    /// <param name="upstream">It.</param>
    /// <param name="keepAlive">Speaks to the caller while the upstream is silent; null when the caller wants no stream.</param>
    /// <returns>What was wrong with it, if nothing of it has been sent, so that another upstream can be asked; null when it, or a part of it, was passed on.</returns>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public async Task<UpstreamFault?> TakeAsync(UpstreamResponse upstream, StreamKeepAlive? keepAlive)
    {
        try
        {
            if (api.Answers is { } format)
            {
                await AnswerAsync(format, upstream, keepAlive);
            }
            else
            {
                await PassAsync(upstream);
            }

            return null;
        }
        catch (GatewayException e) when (keepAlive is not null || !context.Response.HasStarted)
        {
            // What is no answer at all has cost nothing. One that broke off may have.
            return new UpstreamFault(e.Error, IsWorthFailover: e.Error != GatewayErrors.Internal, e.UpstreamMayHaveWorked || use.HasAnswered);
        }
    }

    private async Task AnswerAsync(AnswerFormat format, UpstreamResponse upstream, StreamKeepAlive? keepAlive)
    {
        var tokens = new AnswerTokens(format, estimator, tokenizer, use, keepUsage: request.AsksForUsage);
        using var answer = answers.For(format, tokens, context, systemText, request.WantsJson);
        try
        {
            if (!await upstream.IsEventStreamAsync())
            {
                if (context.Response.HasStarted)
                {
                    throw new GatewayException(GatewayErrors.UpstreamError); // the caller has been promised events
                }

                await JsonRelay.WriteAsync(await answer.ReadAsync(await JsonRelay.ReadAsync(upstream)), context);
                return;
            }

            using var own = keepAlive is null ? new StreamKeepAlive(context, TimeProvider.System) : null;
            if (await EventStreamRelay.RelayAsync(upstream, context, answer, keepAlive ?? own!))
            {
                use.Finish();
            }
        }
        finally
        {
            answer.Finish(model);
        }
    }

    private async Task PassAsync(UpstreamResponse upstream)
    {
        var usage = await LongJsonRelay.RelayAsync(upstream, context, api.UsageMember, api.AnswerMember);
        var (used, prompt) = api.ReadUsage(usage.Span);
        if (used > 0)
        {
            use.Report(used, isFinal: true, prompt);
        }
    }
}
