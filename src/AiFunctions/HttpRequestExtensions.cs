using Microsoft.AspNetCore.Http;

namespace AiFunctions;

/// <summary>What every function does with its request.</summary>
internal static class HttpRequestExtensions
{
    /// <summary>Lets the operation that the gateway's routing has found write the response.</summary>
    /// <param name="request">The function's request.</param>
    /// <exception cref="InvalidOperationException"><see cref="GatewayBridge"/> did not run before, so nothing has authenticated the caller.</exception>
    /// <returns>An empty result. A result with content would be written by the worker after the pipeline has returned.</returns>
    public static async Task<IResult> AnswerAsync(this HttpRequest request)
    {
        var endpoint = request.HttpContext.Features.Get<BridgedInvocation>()?.Endpoint
            ?? throw new InvalidOperationException("The gateway's pipeline has not run.");
        await endpoint(request.HttpContext);
        return Results.Empty;
    }
}
