using AiFunctions.Gateway.Authentication.Applications;
using AiFunctions.Gateway.Authentication.Certificates;
using AiFunctions.Gateway.Authentication.Jwt;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Hashing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication;

/// <summary>Registers the ways in.</summary>
internal static class AuthenticationServices
{
    public static IServiceCollection AddGatewayAuthentication(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ManagementOptions>().Bind(configuration.GetSection(ManagementOptions.Section))
            .Validate(
                options => options.Key is null || options.Key.Length >= HashKeyOptionsValidator.ShortestSecret,
                $"Management__Key must have at least {HashKeyOptionsValidator.ShortestSecret} characters.")
            .ValidateOnStart();

        services.AddSingleton<ApplicationStore>();
        services.AddSingleton<ApplicationDirectory>();
        services.AddSingleton<IClientRecords>(provider => provider.GetRequiredService<ApplicationDirectory>());
        services.AddSingleton<ClientAuthentication>();
        services.AddSingleton<OperatorAuthentication>();
        services.AddGatewayClientCertificates(configuration);
        services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, ManagementKeyHandler>(ManagementKeyHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, ClientCertificateHandler>(ClientCertificateHandler.SchemeName, null)
            .AddGatewayJwt(configuration);
        return services;
    }
}
