using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Operations;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Blocks;

/// <summary>Refuses a blocked client. Its blocked end users are refused when the body has named them;
/// blocked addresses are the authentication's affair: they matter only to callers without a good credential.</summary>
internal sealed class BlockMiddleware(RequestDelegate next, BlockList blocks, PromptSenders senders, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetOperation() is not { Access: OperationAccess.Client })
        {
            return next(context);
        }

        var recent = blocks.EnsureRecentAsync(context.RequestAborted);
        return recent.IsCompletedSuccessfully ? CheckAsync(context) : CheckAfterAsync(recent, context);
    }

    private async Task CheckAfterAsync(ValueTask recent, HttpContext context)
    {
        await recent;
        await CheckAsync(context);
    }

    private Task CheckAsync(HttpContext context)
    {
        context.Features.Set(senders);
        var identity = ClientIdentity.Of(context);
        var block = blocks.Find(BlockSubject.OfClient(identity.Client.Id))
            ?? (identity.UserId is { } user ? blocks.Find(BlockSubject.OfClient(user)) : null);
        return block is not null ? context.WriteErrorAsync(block.ToError(time.GetUtcNow())) : next(context);
    }
}
