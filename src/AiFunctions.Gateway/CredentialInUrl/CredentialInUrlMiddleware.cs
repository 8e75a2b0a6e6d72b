using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.CredentialInUrl;

/// <summary>Refuses a request whose query carries a credential: addresses end up in logs, histories and referrers.</summary>
internal sealed class CredentialInUrlMiddleware(RequestDelegate next)
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "key", "api_key", "api-key", "apikey", "access_token", "token",
    };

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.QueryString.HasValue)
        {
            foreach (var name in context.Request.Query.Keys)
            {
                if (Names.Contains(name.Trim()))
                {
                    return context.WriteErrorAsync(GatewayErrors.CredentialInUrl);
                }
            }
        }

        return next(context);
    }
}
