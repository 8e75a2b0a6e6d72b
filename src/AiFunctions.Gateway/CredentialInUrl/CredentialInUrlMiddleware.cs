using AiFunctions.Gateway.Clients;
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
            foreach (var (name, values) in context.Request.Query)
            {
                // A key of ours under any name: some SDK's header, written as a parameter.
                if (Names.Contains(name.Trim()) || values.Any(value => value?.AsSpan().TrimStart().StartsWith(ApiKey.Prefix, StringComparison.Ordinal) == true))
                {
                    return context.WriteErrorAsync(GatewayErrors.CredentialInUrl);
                }
            }
        }

        return next(context);
    }
}
