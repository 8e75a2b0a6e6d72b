using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions.Gateway.Management;

/// <summary>Registers the management API.</summary>
internal static class ManagementServices
{
    public static IServiceCollection AddGatewayManagement(this IServiceCollection services)
    {
        services.AddSingleton<ReportTurns>();
        services.AddSingleton<ClientEndpoints>();
        services.AddSingleton<KeyEndpoints>();
        services.AddSingleton<KeyEventEndpoints>();
        services.AddSingleton<KeyRotationEndpoint>();
        services.AddSingleton<CertificateEndpoints>();
        services.AddSingleton<AnomalyEndpoints>();
        services.AddSingleton<RotationRunEndpoint>();
        services.AddSingleton<UsageReportEndpoint>();
        services.AddSingleton<ReviewEndpoints>();
        services.AddSingleton<BlockEndpoints>();
        return services;
    }
}
