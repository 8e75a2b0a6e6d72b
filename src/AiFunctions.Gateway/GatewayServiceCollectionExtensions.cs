using AiFunctions.Gateway.Authentication;
using AiFunctions.Gateway.Chat;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Cors;
using AiFunctions.Gateway.Health;
using AiFunctions.Gateway.Models;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Upstreams;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway;

/// <summary>Registers the gateway's services.</summary>
public static class GatewayServiceCollectionExtensions
{
    /// <summary>Adds everything that the pipeline needs. Bad settings stop the host's start with one line each.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The host's configuration, with the settings' sections at its root.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddAiGateway(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging(KeepContentOut);

        services.AddGatewayStorage(configuration);
        services.AddGatewayCors(configuration);
        services.AddGatewayAuthentication(configuration);
        services.AddGatewayClients();
        services.AddGatewayRequestBody(configuration);
        services.AddGatewayUpstreams(configuration);

        services.AddSingleton<ChatCompletionsEndpoint>();
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<ModelEndpoints>();
        services.AddSingleton<HealthEndpoint>();
        return services;
    }

    // These categories write whole addresses, headers or request lines below the level they are held to here.
    // They come after the settings' own rules, so that a lower default level does not open them.
    private static void KeepContentOut(ILoggingBuilder logging) => logging
        .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning)
        .AddFilter("Microsoft.AspNetCore.Routing", LogLevel.Warning)
        .AddFilter("Microsoft.AspNetCore.Cors", LogLevel.Warning)
        .AddFilter("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.None)
        .AddFilter("System.Net.Http", LogLevel.Warning)
        .AddFilter("Azure", LogLevel.Warning);
}
