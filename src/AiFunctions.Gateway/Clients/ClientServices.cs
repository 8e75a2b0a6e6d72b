using AiFunctions.Gateway.Clients.Certificates;
using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions.Gateway.Clients;

/// <summary>Registers clients and their credentials.</summary>
internal static class ClientServices
{
    public static IServiceCollection AddGatewayClients(this IServiceCollection services)
    {
        services.AddSingleton<ClientStore>();
        services.AddSingleton<ClientKeyStore>();
        services.AddSingleton<ClientCertificateStore>();
        services.AddSingleton<CertificateDirectory>();
        services.AddSingleton<IClientRecords>(provider => provider.GetRequiredService<CertificateDirectory>());
        services.AddSingleton<ClientDirectory>();
        services.AddSingleton(provider => new DemoClient(
            provider.GetRequiredService<ClientStore>(), provider.GetRequiredService<ClientKeyStore>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
