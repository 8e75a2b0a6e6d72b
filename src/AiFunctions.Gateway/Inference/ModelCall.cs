using System.Text.Json;
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
internal sealed class ModelCall(UpstreamRouter upstreams, TokenEstimator estimator, PromptGuard guard, ModelAnswers answers, ConfiguredModels models)
{
    public async Task RunAsync(ModelApi api, HttpContext context)
    {
        var body = JsonBody.Of(context);
        if (api.Check(body.Root) is { } error)
        {
            await context.WriteErrorAsync(error);
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
        using var upstream = await PostAsync(api, model, request, use, context);
        if (api.Answers is not { } format)
        {
            await PassAsync(api, upstream, use, context);
            return;
        }

        var tokens = new AnswerTokens(format, estimator, tokenizer, use, keepUsage: request.AsksForUsage);
        using var answer = answers.For(format, tokens, context, systemTexts?.ToSystemText());
        try
        {
            await AnswerAsync(upstream, answer, use, context);
        }
        finally
        {
            answer.Finish(model);
        }
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

    private static async Task AnswerAsync(UpstreamResponse upstream, ModelAnswer answer, TokenUse use, HttpContext context)
    {
        if (!upstream.IsEventStream)
        {
            var whole = await WaitAsync(JsonRelay.ReadAsync(upstream), use);
            await JsonRelay.WriteAsync(await answer.ReadAsync(whole), context);
        }
        else if (await EventStreamRelay.RelayAsync(upstream, context, answer))
        {
            use.Finish();
        }
    }

    private static async Task PassAsync(ModelApi api, UpstreamResponse upstream, TokenUse use, HttpContext context)
    {
        var usage = await WaitAsync(LongJsonRelay.RelayAsync(upstream, context, api.UsageMember), use);
        var (used, prompt) = api.ReadUsage(usage.Span);
        if (used > 0)
        {
            use.Report(used, isFinal: true, prompt);
        }
    }

    private async Task<UpstreamResponse> PostAsync(ModelApi api, string model, ModelRequest request, TokenUse use, HttpContext context)
    {
        use.Begin();
        try
        {
            var call = new UpstreamRequest(model, api.ModelOperation, api.UpstreamPath, request.For, api.IsServedBy);
            return await WaitAsync(upstreams.PostAsync(call, context.TraceIdentifier, RequestObservation.Of(context), context.RequestAborted), use);
        }
        catch (GatewayException e) when (!e.UpstreamMayHaveWorked)
        {
            use.Refuse();
            throw;
        }
    }

    // Whoever is waited for no longer may still be at work.
    private static async Task<T> WaitAsync<T>(Task<T> work, TokenUse use)
    {
        try
        {
            return await work;
        }
        catch (GatewayException e) when (e.Error == GatewayErrors.UpstreamTimeout)
        {
            use.GiveUp();
            throw;
        }
    }
}
