using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary>Registers the rotation of keys.</summary>
internal static class KeyRotationServices
{
    public static IServiceCollection AddGatewayKeyRotation(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<KeyRotationOptions>().Bind(configuration.GetSection(KeyRotationOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<KeyRotationOptions>, KeyRotationOptionsValidator>();
        services.AddSingleton<KeyRotator>();
        services.AddSingleton<KeyRotationEndpoints>();
        return services;
    }
}
