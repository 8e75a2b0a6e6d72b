using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Jobs;
using AiFunctions.Gateway.KeyRotation.Events;
using AiFunctions.Gateway.KeyRotation.Ring;
using AiFunctions.Gateway.KeyRotation.Use;
using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary>Registers the rotation of keys.</summary>
internal static class KeyRotationServices
{
    public static IServiceCollection AddGatewayKeyRotation(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<KeyRotationOptions>().Bind(configuration.GetSection(KeyRotationOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<KeyRotationOptions>, KeyRotationOptionsValidator>();

        services.AddSingleton<SealingRing>();
        services.AddSingleton(provider => new SuccessorSeal(() => provider.GetRequiredService<SealingRing>().Provider));
        services.AddSingleton<KeyRotator>();
        services.AddSingleton<RotateOwnKeyEndpoint>();

        services.AddSingleton(provider => new KeyRotationJob(
            provider.GetRequiredService<ClientStore>(),
            provider.GetRequiredService<ClientKeyStore>(),
            provider.GetRequiredService<ClientDirectory>(),
            provider.GetRequiredService<SuccessorSeal>(),
            Vault(provider),
            provider.GetRequiredService<KeyEventStore>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<KeyRotationOptions>>()));
        services.AddSingleton<ITimedJob>(provider => provider.GetRequiredService<KeyRotationJob>());

        services.AddSingleton<KeyEventStore>();

        services.AddSingleton<KeyUseStore>();
        services.AddSingleton<KeyUseQueue>();
        services.AddHostedService<KeyUseWriter>();
        return services;
    }

    private static KeyVaultDelivery? Vault(IServiceProvider provider)
    {
        if (provider.GetRequiredService<IOptions<KeyRotationOptions>>().Value.KeyVaultUri is not { } uri)
        {
            return null;
        }

        var options = new SecretClientOptions
        {
            // A token is sent only to a host of the domain that it is for; an emulator on this machine is of none.
            DisableChallengeResourceVerification = uri.IsLoopback,
            Diagnostics = { IsLoggingEnabled = false },
        };
        return new KeyVaultDelivery(
            new SecretClient(uri, provider.GetRequiredService<Lazy<TokenCredential>>().Value, options),
            provider.GetRequiredService<ILogger<KeyVaultDelivery>>());
    }
}
