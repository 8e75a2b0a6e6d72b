using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication.Certificates;

/// <summary>Registers client certificates as a way in.</summary>
public static class ClientCertificateServices
{
    /// <summary>
    /// For a host behind Azure's front end, which ends the TLS connections: certificates come in <c>X-ARR-ClientCert</c>, where the settings and the
    /// platform's environment say that nobody else can have written it. Without this they come from the host's own TLS connections only.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddForwardedClientCertificates(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddSingleton<ICertificateSource>(provider => new ForwardedCertificate(
            provider.GetRequiredService<IOptions<ClientCertificateOptions>>(), Environment.GetEnvironmentVariable));
        services.AddSingleton<IValidateOptions<ClientCertificateOptions>>(new ForwardedCertificateValidator(Environment.GetEnvironmentVariable));
        return services;
    }

    internal static IServiceCollection AddGatewayClientCertificates(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ClientCertificateOptions>().Bind(configuration.GetSection(ClientCertificateOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ClientCertificateOptions>, ClientCertificateOptionsValidator>();
        services.TryAddSingleton<ICertificateSource, ConnectionCertificate>();
        services.AddSingleton<CertificateChains>();
        return services;
    }
}
