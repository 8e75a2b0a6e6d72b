using Microsoft.Extensions.Configuration;

namespace AiFunctions.Gateway.Clients;

/// <summary>The names of the tiers that a client can be on: the four of the contract, and any that the settings define.</summary>
internal sealed class ClientTiers(IConfiguration configuration)
{
    public IReadOnlyList<string> Names { get; } =
    [
        .. new[] { "free", "basic", "pro", "enterprise" }
            .Union(configuration.GetSection("RateLimits:Tiers").GetChildren().Select(tier => tier.Key), StringComparer.OrdinalIgnoreCase),
    ];
}
