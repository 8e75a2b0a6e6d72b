using System.Net;
using AiFunctions.Gateway.Errors;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>What the caller is told of an upstream's refusal: its class, never its text.</summary>
internal static class UpstreamErrors
{
    private const int LongestRetryAfter = 24 * 60 * 60; // in seconds; beyond a day, what it says is no help to anyone

    /// <summary>The error for an answer that is not a success.</summary>
    public static GatewayError For(UpstreamResponse response) => (int)response.Status switch
    {
        401 or 403 => GatewayErrors.UpstreamForbidden,
        404 => GatewayErrors.ModelNotFound,
        408 or 504 => GatewayErrors.UpstreamTimeout,
        413 => GatewayErrors.RequestTooLarge,
        429 => WithRetryAfter(GatewayErrors.UpstreamRateLimited, response),
        >= 400 and < 500 => GatewayErrors.UpstreamRefused,
        503 or 529 => WithRetryAfter(GatewayErrors.UpstreamUnavailable, response),
        _ => GatewayErrors.UpstreamError,
    };

    /// <summary>Whether another upstream may do better with the same request: this one is down, failing or full.</summary>
    public static bool IsWorthFailover(HttpStatusCode status) => (int)status is 401 or 403 or 404 or 408 or 429 or >= 500;

    private static GatewayError WithRetryAfter(GatewayError error, UpstreamResponse response) =>
        response.RetryAfterSeconds is { } seconds and > 0 ? error with { RetryAfterSeconds = Math.Min(seconds, LongestRetryAfter) } : error;
}
