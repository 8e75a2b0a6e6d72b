using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions.Gateway.Callers;

/// <summary>Registers what tells callers apart.</summary>
internal static class CallerServices
{
    public static IServiceCollection AddGatewayCallers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CallerAddressOptions>().Bind(configuration.GetSection(CallerAddressOptions.Section))
            .Validate(
                options => options.Proxies is >= 0 and <= CallerAddressOptions.MostProxies,
                $"CallerAddress__Proxies must be from 0 to {CallerAddressOptions.MostProxies}.")
            .ValidateOnStart();
        services.AddSingleton<CallerAddress>();
        return services;
    }
}
