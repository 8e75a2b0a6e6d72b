using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AiFunctions.Gateway.Authentication.Jwt;

/// <summary>Sets up the library's token handler.</summary>
internal sealed class JwtBearerSetup(IOptions<JwtOptions> jwt, IServiceProvider services) : IConfigureNamedOptions<JwtBearerOptions>
{
    /// <summary>The authentication scheme's name.</summary>
    public const string SchemeName = "Jwt";

    // Asymmetric ones only: with a shared secret among them, a public key could be passed off as that secret.
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    // RFC 9068 and what most authorities write; so an identity or a logout token is not taken for an access token where they are told apart.
    private static readonly string[] Types = ["at+jwt", "application/at+jwt", "JWT"];

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name != SchemeName || !jwt.Value.IsOn)
        {
            return;
        }

        options.ConfigurationManager = services.GetRequiredService<TokenAuthority>();
        options.EventsType = typeof(JwtEvents);
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.IncludeErrorDetails = false;
        options.RefreshOnIssuerKeyNotFound = false; // the events see to that
        foreach (var handler in options.TokenHandlers)
        {
            handler.MaximumTokenSizeInBytes = BearerToken.Longest;
        }

        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAudience = jwt.Value.Audience,
            ValidAlgorithms = Algorithms,
            ValidTypes = Types,
            ClockSkew = TimeSpan.FromSeconds(jwt.Value.ClockSkewSeconds),
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            RequireAudience = true,
            ValidateIssuer = true,
            ValidateAudience = true,
            ValidateLifetime = true,
            ValidateIssuerSigningKey = true,
            IgnoreTrailingSlashWhenValidatingAudience = false,
            TryAllIssuerSigningKeys = false,
        };
    }

    public void Configure(JwtBearerOptions options) => Configure(Options.DefaultName, options);
}
