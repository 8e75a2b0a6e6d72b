using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Operations;

/// <summary>Which operation a request asks for.</summary>
internal static class HttpContextOperationExtensions
{
    /// <summary>The operation that the host has selected; null when the address or the method is none of ours.</summary>
    public static GatewayOperation? GetOperation(this HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<GatewayOperation>();
}
