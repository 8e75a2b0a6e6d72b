using AiFunctions.Gateway.Authentication.Applications;
using AiFunctions.Gateway.Authentication.Certificates;
using AiFunctions.Gateway.Authentication.Jwt;
using AiFunctions.Gateway.Clients;
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
        services.AddOptions<ManagementOptions>().Bind(configuration.GetSection(ManagementOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ManagementOptions>, ManagementOptionsValidator>();

        services.AddSingleton<ApplicationStore>();
        services.AddSingleton<ApplicationDirectory>();
        services.AddSingleton<IClientRecords>(provider => provider.GetRequiredService<ApplicationDirectory>());
        services.AddSingleton<ClientAuthentication>();
        services.AddSingleton<OperatorAuthentication>();
        services.AddGatewayClientCertificates(configuration);

        // What AddAuthentication does, but for Data Protection: that would write keys into the home directory at every start, and nothing here uses them.
        services.AddAuthenticationCore();
        services.AddWebEncoders();
        services.AddSingleton<IAuthenticationConfigurationProvider, NoSchemeSettings>();
        new AuthenticationBuilder(services)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, ManagementKeyHandler>(ManagementKeyHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, ClientCertificateHandler>(ClientCertificateHandler.SchemeName, null)
            .AddGatewayJwt(configuration);
        return services;
    }

    /// <summary>The schemes are set up by the options above and by nothing else.</summary>
    private sealed class NoSchemeSettings : IAuthenticationConfigurationProvider
    {
        public IConfiguration AuthenticationConfiguration { get; } = new ConfigurationBuilder().Build();
    }
}
