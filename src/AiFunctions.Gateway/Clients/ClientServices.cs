using AiFunctions.Gateway.Clients.Management;
using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions.Gateway.Clients;

/// <summary>Registers clients, their keys and their management.</summary>
internal static class ClientServices
{
    public static IServiceCollection AddGatewayClients(this IServiceCollection services)
    {
        services.AddSingleton<ClientStore>();
        services.AddSingleton<ClientKeyStore>();
        services.AddSingleton<ClientDirectory>();
        services.AddSingleton<ClientEndpoints>();
        services.AddSingleton<KeyEndpoints>();
        services.AddSingleton(provider => new DemoClient(
            provider.GetRequiredService<ClientStore>(), provider.GetRequiredService<ClientKeyStore>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
