using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication.Jwt;

/// <summary>Registers access tokens as a way in.</summary>
internal static class JwtServices
{
    public static AuthenticationBuilder AddGatewayJwt(this AuthenticationBuilder authentication, IConfiguration configuration)
    {
        var services = authentication.Services;
        services.AddOptions<JwtOptions>().Bind(configuration.GetSection(JwtOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<JwtOptions>, JwtOptionsValidator>();
        services.AddSingleton<TokenAuthority>();
        services.AddSingleton<JwtEvents>();
        services.AddSingleton<TokenAuthentication>();

        authentication.AddJwtBearer(JwtBearerSetup.SchemeName, _ => { });
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, JwtBearerSetup>();
        return authentication;
    }
}
