using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.Tiers;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>Holds each client to its requests and its concurrent requests.</summary>
/// <remarks>
/// Operations with a scope make a model work, and count. The others have an allowance of their own. What goes beyond that counts for no block, which
/// would shut the client out of its work for having looked at its usage.
/// </remarks>
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
            if (limiter.Get(identity.LimitId).Side.Take(limits, time.GetUtcNow()) is { } enough)
            {
                await context.WriteErrorAsync(RateLimitErrors.TooManyAside(enough, time.GetUtcNow()));
                return;
            }

            await next(context);
            return;
        }

        var waits = limiter.Get(identity.LimitId).Waits;
        waits.Enter(time.GetUtcNow());
        try
        {
            await AdmitAsync(context, identity.LimitId, limits, waits);
        }
        finally
        {
            waits.Leave();
        }
    }

    private async Task AdmitAsync(HttpContext context, string limitId, EffectiveLimits limits, ToldWaits waits)
    {
        var (lease, denial) = await limiter.AdmitAsync(limitId, limits, context.RequestAborted);
        if (denial is { } refused)
        {
            var now = time.GetUtcNow();
            await context.WriteErrorAsync(RateLimitErrors.For(refused, now) with { IsViolation = waits.Refuse(refused, limits, now) });
            return;
        }

        using var admission = new Admission(lease, waits, limits, time);
        context.Features.Set<ITokenBudget>(admission);

        // Of an answer that is there whole the caller may have the last byte, and send its next request, before this returns.
        context.Response.OnStarting(
            static state =>
            {
                var (response, admission) = ((HttpResponse, Admission))state;
                if (response.ContentLength is not null)
                {
                    admission.ReleaseSlot();
                }

                return Task.CompletedTask;
            },
            (context.Response, admission));
        await next(context);
    }
}
