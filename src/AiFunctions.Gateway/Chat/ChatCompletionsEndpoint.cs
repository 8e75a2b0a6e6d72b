using AiFunctions.Gateway.Authentication;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.Streaming;
using AiFunctions.Gateway.Upstreams;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Chat;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal sealed class ChatCompletionsEndpoint(UpstreamRouter upstreams)
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
        if (!ClientIdentity.Of(context).Client.MayUse(model))
        {
            await context.WriteErrorAsync(GatewayErrors.ModelNotFound);
            return;
        }

        using var upstream = await upstreams.PostAsync(model, "chat/completions", body.Bytes, context.TraceIdentifier, context.RequestAborted);
        await (upstream.IsEventStream ? EventStreamRelay.RelayAsync(upstream, context) : JsonRelay.RelayAsync(upstream, context));
    }
}
