using AiFunctions.Gateway.Operations;
using Microsoft.AspNetCore.Http;

namespace AiFunctions;

/// <summary>What every function does with its request.</summary>
internal static class FunctionRequestExtensions
{
    /// <summary>Lets the operation that <see cref="GatewayBridge"/> has selected write the response.</summary>
    /// <param name="request">The function's request.</param>
    /// <exception cref="InvalidOperationException">The bridge did not run before, so nothing has authenticated the caller.</exception>
    /// <returns>An empty result. A result with content would be written by the worker after the pipeline has returned.</returns>
    public static async Task<IResult> RunOperationAsync(this HttpRequest request)
    {
        var http = request.HttpContext;
        var operation = http.GetEndpoint()?.Metadata.GetMetadata<GatewayOperation>()
            ?? throw new InvalidOperationException("The gateway's pipeline has not run.");
        await operation.InvokeAsync(http);
        return Results.Empty;
    }
}
