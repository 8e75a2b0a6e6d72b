using AiFunctions.Gateway.Tiers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>Registers the limits.</summary>
internal static class RateLimitServices
{
    public static IServiceCollection AddGatewayRateLimits(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RateLimitsOptions>()
            .Configure(options =>
            {
                var section = configuration.GetSection(RateLimitsOptions.Section);
                options.OnStorageFailure = section.GetValue<StorageFailurePolicy>(nameof(RateLimitsOptions.OnStorageFailure));

                // One by one, because bound as a dictionary a tier with a value of the wrong type would be left out without a word.
                foreach (var tier in section.GetSection(nameof(RateLimitsOptions.Tiers)).GetChildren())
                {
                    options.Tiers[tier.Key] = tier.Get<TierOptions>() ?? new TierOptions();
                }
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<RateLimitsOptions>, RateLimitsOptionsValidator>();
        services.AddSingleton<TierCatalog>();
        services.AddSingleton<ICounterStore, TableCounterStore>();
        services.AddSingleton<RateLimiter>();
        services.AddHostedService(provider => provider.GetRequiredService<RateLimiter>());
        services.AddSingleton<OwnUsageEndpoint>();
        return services;
    }
}
