using AiFunctions.Gateway.Authentication;
using AiFunctions.Gateway.Blocks;
using AiFunctions.Gateway.Cors;
using AiFunctions.Gateway.CredentialInUrl;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.KeyRotation.Use;
using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.Records;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.RequestId;
using AiFunctions.Gateway.SecurityHeaders;
using Microsoft.AspNetCore.Builder;

namespace AiFunctions.Gateway;

/// <summary>The way of a request.</summary>
public static class GatewayApplicationBuilderExtensions
{
    /// <summary>
    /// Adds the pipeline's middleware, in their order. The host has selected the operation before
    /// (<see cref="Microsoft.AspNetCore.Http.EndpointHttpContextExtensions.GetEndpoint"/>), and answers with it after.
    /// </summary>
    /// <param name="app">The host's pipeline.</param>
    /// <returns>The same pipeline.</returns>
    public static IApplicationBuilder UseAiGateway(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app
            .UseMiddleware<RequestIdMiddleware>()
            .UseMiddleware<SecurityHeadersMiddleware>()
            .UseMiddleware<RequestRecordMiddleware>()
            .UseMiddleware<ViolationMiddleware>()
            .UseMiddleware<ErrorBoundaryMiddleware>()
            .UseGatewayCors()
            .UseMiddleware<CredentialInUrlMiddleware>()
            .UseMiddleware<RateLimitHeadersMiddleware>()
            .UseMiddleware<ManagementNetworkMiddleware>()
            .UseMiddleware<AuthenticationMiddleware>()
            .UseMiddleware<KeyUseMiddleware>()
            .UseMiddleware<BlockMiddleware>()
            .UseMiddleware<RateLimitMiddleware>()
            .UseMiddleware<ModelBodyMiddleware>()
            .UseMiddleware<RequestBodyMiddleware>();
    }
}
