using AiFunctions.Gateway.Clients.Applications;
using AiFunctions.Gateway.Clients.Certificates;
using AiFunctions.Gateway.Clients.Management;
using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions.Gateway.Clients;

/// <summary>Registers clients, their credentials and their management.</summary>
internal static class ClientServices
{
    public static IServiceCollection AddGatewayClients(this IServiceCollection services)
    {
        services.AddSingleton<ClientStore>();
        services.AddSingleton<ClientKeyStore>();
        services.AddSingleton<ClientCertificateStore>();
        services.AddSingleton<CertificateDirectory>();
        services.AddSingleton<ApplicationStore>();
        services.AddSingleton<ApplicationDirectory>();
        services.AddSingleton<ClientDirectory>();
        services.AddSingleton<ClientEndpoints>();
        services.AddSingleton<KeyEndpoints>();
        services.AddSingleton<CertificateEndpoints>();
        services.AddSingleton(provider => new DemoClient(
            provider.GetRequiredService<ClientStore>(), provider.GetRequiredService<ClientKeyStore>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
