using AiFunctions.Gateway.Authentication.Certificates;
using AiFunctions.Gateway.Authentication.Jwt;
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
        services.AddOptions<AuthenticationSettings>().Bind(configuration.GetSection(AuthenticationSettings.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuthenticationSettings>, AuthenticationSettingsValidator>();
        services.AddOptions<ManagementOptions>().Bind(configuration.GetSection(ManagementOptions.Section))
            .Validate(
                options => options.Key is null || options.Key.Length >= AuthenticationSettingsValidator.ShortestSecret,
                $"Management__Key must have at least {AuthenticationSettingsValidator.ShortestSecret} characters.")
            .ValidateOnStart();

        services.AddSingleton<KeyedHash>();
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
