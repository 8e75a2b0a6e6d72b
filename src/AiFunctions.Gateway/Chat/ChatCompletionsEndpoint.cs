using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.InputGuard.Prompts;
using AiFunctions.Gateway.Models;
using AiFunctions.Gateway.Observation;
using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.Relay;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.Tokens;
using AiFunctions.Gateway.Upstreams;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiFunctions.Gateway.Chat;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal sealed class ChatCompletionsEndpoint(
    UpstreamRouter upstreams, TokenEstimator estimator, PromptGuard guard, ChatAnswerFilters filters, ConfiguredModels models)
{
    public async Task CompleteAsync(HttpContext context)
    {
        var body = JsonBody.Of(context);
        if (ChatRequestRules.Check(body.Root) is { } error)
        {
            await context.WriteErrorAsync(error);
            return;
        }

        var model = body.Root.GetProperty("model").GetString()!;
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
        var prompt = estimator.Weigh(body.Bytes.Span, model, tokenizer);
        if (prompt.Characters > budget.Limits.MaxRequestCharacters)
        {
            await context.WriteErrorAsync(GatewayErrors.RequestTooLarge);
            return;
        }

        if (await guard.CheckAsync(context, body.Root, model, ChatPrompt.Read, budget.Limits.MaxRequestCharacters) is { } rejected)
        {
            await context.WriteErrorAsync(rejected);
            return;
        }

        var request = new ChatUpstreamRequest(body.Bytes, budget.Limits.MaxOutputTokens);
        var reservation = prompt.Tokens + request.MostOutputTokens;
        if (await budget.ReserveAsync(reservation, context.RequestAborted) is { } refused)
        {
            await context.WriteErrorAsync(refused);
            return;
        }

        using var use = new TokenUse(budget, prompt.Tokens, reservation, context.RequestAborted) { Observation = RequestObservation.Of(context) };
        using var upstream = await PostAsync(model, request, use, context);
        var tokens = new ChatTokens(estimator, tokenizer, use, keepUsage: request.AsksForUsage);
        using var filter = filters.For(tokens, context, body.Root);
        try
        {
            await AnswerAsync(upstream, filter, use, context);
        }
        finally
        {
            filter.Finish(model);
        }
    }

    private static async Task AnswerAsync(UpstreamResponse upstream, ChatAnswerFilter filter, TokenUse use, HttpContext context)
    {
        if (!upstream.IsEventStream)
        {
            var answer = await ReadAsync(upstream, use);
            await JsonRelay.WriteAsync(await filter.ReadAsync(answer), context);
        }
        else if (await EventStreamRelay.RelayAsync(upstream, context, filter.TryWriteEvent, filter.GoOnAsync, filter.Complete))
        {
            use.Finish();
        }
    }

    private async Task<UpstreamResponse> PostAsync(string model, ChatUpstreamRequest request, TokenUse use, HttpContext context)
    {
        use.Begin();
        try
        {
            return await upstreams.PostAsync(model, "chat", "chat/completions", request.For, context.TraceIdentifier, RequestObservation.Of(context), context.RequestAborted);
        }
        catch (GatewayException e) when (!e.UpstreamMayHaveWorked)
        {
            use.Refuse();
            throw;
        }
        catch (GatewayException e) when (e.Error == GatewayErrors.UpstreamTimeout)
        {
            use.GiveUp();
            throw;
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(UpstreamResponse upstream, TokenUse use)
    {
        try
        {
            return await JsonRelay.ReadAsync(upstream);
        }
        catch (GatewayException e) when (e.Error == GatewayErrors.UpstreamTimeout)
        {
            use.GiveUp();
            throw;
        }
    }
}
