using System.Text.Json;
using AiFunctions.Gateway.Blocks;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.Models;
using AiFunctions.Gateway.Observation;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.Relay;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.Tokens;
using AiFunctions.Gateway.Upstreams;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiFunctions.Gateway.Inference;

/// <summary>Runs one request of any operation of a model, from the body that has been read to the settlement of its tokens.</summary>
internal sealed class ModelCall(
    UpstreamRouter upstreams, TokenEstimator estimator, PromptGuard guard, ModelAnswers answers, ConfiguredModels models, TimeProvider time)
{
    public async Task RunAsync(ModelApi api, HttpContext context)
    {
        var body = JsonBody.Of(context);
        if (api.Check(body.Root) is { } error)
        {
            await context.WriteErrorAsync(error);
            return;
        }

        if (context.Features.Get<PromptSenders>()?.Check(context, api.EndUserOf(body.Root)) is { } blocked)
        {
            await context.WriteErrorAsync(blocked);
            return;
        }

        var model = api.ModelOf(body.Root);
        var client = ClientIdentity.Of(context).Client;
        RequestObservation.Of(context)?.Model = models.NameOf(model, client);
        if (!client.MayUse(model))
        {
            await context.WriteErrorAsync(GatewayErrors.ModelNotFound);
            return;
        }

        if (FallbackModels.FindForbidden(body.Root, client) is { } field)
        {
            await context.WriteErrorAsync(GatewayErrors.ModelNotFound with { Param = field });
            return;
        }

        var budget = context.Features.GetRequiredFeature<ITokenBudget>();
        var tokenizer = ModelTokenizers.For(model, upstreams.Upstreams);
        var systemTexts = api.Answers is not null && answers.WantSystemText ? new SystemTexts() : null;
        var (promptTokens, rejected) = await JudgeAsync(api, body.Root, model, tokenizer, budget, systemTexts, context);
        if (rejected is not null)
        {
            await context.WriteErrorAsync(rejected);
            return;
        }

        body.ReleaseRoot(); // a model may work for minutes
        var request = api.Outline(body.Bytes, budget.Limits.MaxOutputTokens);
        var reservation = promptTokens + request.MostOutputTokens;
        if (await budget.ReserveAsync(reservation, context.RequestAborted) is { } refused)
        {
            await context.WriteErrorAsync(refused);
            return;
        }

        using var use = new TokenUse(budget, promptTokens, reservation, context.RequestAborted) { Observation = RequestObservation.Of(context) };
        var taker = new AnswerTaker(api, model, request, use, context, answers, estimator, tokenizer, systemTexts?.ToSystemText());
        await PostAsync(api, model, request, taker, use, context);
    }

    /// <summary>Weighs the prompt and has it judged, in one walk over it.</summary>
    private async ValueTask<(long Tokens, GatewayError? Error)> JudgeAsync(
        ModelApi api, JsonElement body, string model, TokenizerFamily tokenizer, ITokenBudget budget, SystemTexts? systemTexts, HttpContext context)
    {
        using var prompt = new ModelPrompt(
            estimator.Weigh(model, tokenizer), budget.Limits.MaxRequestCharacters, api.IsJudged(guard.Options) ? guard.Begin() : null, systemTexts);
        api.ReadPrompt(body, prompt);
        return (prompt.Tokens,
            prompt.IsTooLong ? GatewayErrors.RequestTooLarge
            : prompt.Texts is { } texts ? await guard.CheckAsync(context, texts, model)
            : null);
    }

    private async Task PostAsync(ModelApi api, string model, ModelRequest request, AnswerTaker taker, TokenUse use, HttpContext context)
    {
        using var keepAlive = request.IsStream ? new StreamKeepAlive(context, time) : null;
        var call = new UpstreamRequest(
            model, api.ModelOperation, api.UpstreamPath, request.For, api.IsServedBy, head => keepAlive is null ? head : keepAlive.WaitAsync(head));
        use.Begin();
        try
        {
            await upstreams.PostAsync(
                call, context.TraceIdentifier, RequestObservation.Of(context), response => taker.TakeAsync(response, keepAlive), context.RequestAborted);
        }
        catch (GatewayException e)
        {
            if (e.Error == GatewayErrors.UpstreamTimeout)
            {
                use.GiveUp(); // whoever is waited for no longer may still be at work
            }
            else if (!e.UpstreamMayHaveWorked && !use.HasAnswered)
            {
                use.Refuse();
            }

            if (keepAlive is null || !context.Response.HasStarted)
            {
                throw;
            }

            await EventStreamRelay.FailAsync(e.Error, context); // the caller has been told to wait, and so cannot get another status
        }
    }
}
