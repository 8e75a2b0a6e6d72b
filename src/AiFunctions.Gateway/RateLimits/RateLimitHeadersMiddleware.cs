using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Tiers;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>Tells every client that could be told apart, in the headers of every response, how it stands.</summary>
internal sealed class RateLimitHeadersMiddleware(RequestDelegate next, RateLimiter limiter, TierCatalog tiers, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            if (context.Features.Get<ClientIdentity>() is { } identity)
            {
                RateLimitHeaders.Write(context.Response.Headers, limiter.Get(identity.LimitId).GetUsage(tiers.For(identity.Client)), time.GetUtcNow());
            }

            return Task.CompletedTask;
        });
        return next(context);
    }
}
