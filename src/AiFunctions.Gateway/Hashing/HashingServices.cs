using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Hashing;

/// <summary>Registers the keyed hashes.</summary>
internal static class HashingServices
{
    public static IServiceCollection AddGatewayHashing(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<HashKeyOptions>().Bind(configuration.GetSection(HashKeyOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<HashKeyOptions>, HashKeyOptionsValidator>();
        services.AddSingleton<KeyedHash>();
        return services;
    }
}
