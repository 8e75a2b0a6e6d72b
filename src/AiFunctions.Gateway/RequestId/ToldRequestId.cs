using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.RequestId;

/// <summary>The id that a caller has given its request and gets back. For responses only: what is logged is
/// <see cref="HttpContext.TraceIdentifier"/>. A feature of the request.</summary>
/// <param name="Value">The id.</param>
internal sealed record ToldRequestId(string Value)
{
    /// <summary>The id to tell a request's caller.</summary>
    public static string Of(HttpContext context) => context.Features.Get<ToldRequestId>()?.Value ?? context.TraceIdentifier;
}
