using AiFunctions.Gateway.AnomalyDetection;
using AiFunctions.Gateway.Authentication;
using AiFunctions.Gateway.Blocks;
using AiFunctions.Gateway.Callers;
using AiFunctions.Gateway.Chat;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Cors;
using AiFunctions.Gateway.Diagnostics;
using AiFunctions.Gateway.Hashing;
using AiFunctions.Gateway.Health;
using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.Jobs;
using AiFunctions.Gateway.KeyRotation;
using AiFunctions.Gateway.KeyVaultReferences;
using AiFunctions.Gateway.Management;
using AiFunctions.Gateway.Models;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.Records;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.Reviews;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Telemetry;
using AiFunctions.Gateway.Tokens;
using AiFunctions.Gateway.Upstreams;
using AiFunctions.Gateway.Usage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

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
        services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>, ContentLogFilter>();

        services.AddKeyVaultReferenceCheck(configuration);
        services.AddGatewayStorage(configuration);
        services.AddGatewayHashing(configuration);
        services.AddGatewayCors(configuration);
        services.AddGatewayCallers(configuration);
        services.AddGatewayAuthentication(configuration);
        services.AddGatewayBlocks(configuration);
        services.AddGatewayAnomalyDetection(configuration);
        services.AddGatewayClients();
        services.AddGatewayJobs();
        services.AddGatewayKeyRotation(configuration);
        services.AddGatewayRateLimits(configuration);
        services.AddGatewayRequestBody(configuration);
        services.AddGatewayReviews(configuration);
        services.AddGatewayInputGuard(configuration);
        services.AddGatewayTokens(configuration);
        services.AddGatewayOutputFilter(configuration);
        services.AddGatewayUpstreams(configuration);

        services.AddGatewayTelemetry(configuration);
        services.AddGatewayUsage(configuration);
        services.AddGatewayRecords();
        services.AddGatewayManagement();
        services.AddSingleton(GatewayOperations.Scopes);

        services.AddSingleton<ChatAnswerFilters>();
        services.AddSingleton<ChatCompletionsEndpoint>();
        services.AddSingleton<ConfiguredModels>();
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<ModelEndpoints>();
        services.AddSingleton<HealthEndpoint>();
        return services;
    }
}
