using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiFunctions.Gateway.CredentialInUrl;

/// <summary>Refuses a request whose address carries a credential: addresses end up in logs, histories and referrers.</summary>
internal sealed class CredentialInUrlMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        UrlCredentials.AreIn(TargetOf(context)) ? context.WriteErrorAsync(GatewayErrors.CredentialInUrl) : next(context);

    private static string TargetOf(HttpContext context) => context.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } raw
        ? raw
        : context.Request.Path.Value + context.Request.QueryString.Value;
}
