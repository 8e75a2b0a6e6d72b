using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AiFunctions.Gateway.SecurityHeaders;

/// <summary>Puts the contract's static security headers on every response.</summary>
internal sealed class SecurityHeadersMiddleware(RequestDelegate next)
{
    /// <summary>The headers and their values. <c>host.json</c> repeats all but the last for what the Functions host answers itself.</summary>
    public static readonly IReadOnlyList<KeyValuePair<string, StringValues>> Headers =
    [
        new("Content-Security-Policy", "default-src 'self'"),
        new("X-Content-Type-Options", "nosniff"),
        new("X-Frame-Options", "DENY"),
        new("Strict-Transport-Security", "max-age=31536000"),
        new("Cache-Control", "no-store"),
    ];

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        foreach (var (name, value) in Headers)
        {
            headers[name] = value;
        }

        return next(context);
    }
}
