using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions.Gateway.Tokens;

/// <summary>Registers the token estimate.</summary>
internal static class TokenServices
{
    private const int MostBytesPerToken = 16;
    private const int MostImageTokens = 1_000_000;

    public static IServiceCollection AddGatewayTokens(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TokenOptions>().Bind(configuration.GetSection(TokenOptions.Section))
            .Validate(options => options.BytesPerToken is >= 1 and <= MostBytesPerToken, $"Tokens__BytesPerToken must be from 1 to {MostBytesPerToken}.")
            .Validate(options => options.ImageTokens is >= 0 and <= MostImageTokens, $"Tokens__ImageTokens must be from 0 to {MostImageTokens}.")
            .ValidateOnStart();
        services.AddSingleton<O200kVocabulary>();
        services.AddSingleton<TokenEstimator>();
        return services;
    }
}
