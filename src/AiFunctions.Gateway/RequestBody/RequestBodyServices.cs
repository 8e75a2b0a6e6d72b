using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions.Gateway.RequestBody;

/// <summary>Registers the body checks.</summary>
internal static class RequestBodyServices
{
    private const int Smallest = 1024;
    private const int Largest = 64 * 1024 * 1024;

    public static IServiceCollection AddGatewayRequestBody(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RequestBodyOptions>().Bind(configuration.GetSection(RequestBodyOptions.Section))
            .Validate(options => options.MaxBytes is >= Smallest and <= Largest, $"RequestBody__MaxBytes must be from {Smallest} to {Largest}.")
            .ValidateOnStart();
        return services;
    }
}
