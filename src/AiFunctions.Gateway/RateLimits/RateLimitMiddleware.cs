using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.Tiers;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>Holds each client to its requests and its concurrent requests.</summary>
/// <remarks>Only operations with a scope, those that make a model work, count; looking at models or usage is free.</remarks>
internal sealed class RateLimitMiddleware(RequestDelegate next, RateLimiter limiter, TierCatalog tiers, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<ClientIdentity>() is not { } identity || context.GetOperation() is not { } operation)
        {
            await next(context);
            return;
        }

        var limits = tiers.For(identity.Client);
        if (operation.Scope is null)
        {
            await limiter.EnsureKnownAsync(identity.LimitId, context.RequestAborted); // for the headers
            await next(context);
            return;
        }

        var (lease, denial) = await limiter.AdmitAsync(identity.LimitId, limits, context.RequestAborted);
        if (denial is { } refused)
        {
            // No answer can say when a slot will be free: who comes back as told and finds none has done nothing wrong.
            var isExcused = refused.Kind == LimitKind.ConcurrentRequests && !lease.RefuseSlot();
            await context.WriteErrorAsync(RateLimitErrors.For(refused, time.GetUtcNow()) with { IsExcused = isExcused });
            return;
        }

        using var admission = new Admission(lease, limits, time);
        context.Features.Set<ITokenBudget>(admission);
        await next(context);
    }
}
