using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.RequestBody;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Inference;

/// <summary>Lets the body of a request to a model hold what its client's limits allow.</summary>
internal sealed class ModelBodyMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<ITokenBudget>() is { } budget)
        {
            context.Features.Set(new BodyAllowance(budget.Limits.MaxRequestCharacters, TakesMedia: true));
        }

        return next(context);
    }
}
