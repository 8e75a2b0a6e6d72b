using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using AiFunctions.Gateway.Clients;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tiers;

/// <summary>Knows what holds for whom.</summary>
internal sealed class TierCatalog
{
    private const string Pro = "pro";

    private static readonly (string Name, EffectiveLimits Limits)[] Defaults =
    [
        ("free", new(10, 100, 20_000, 200_000, 2, 0, 16_000, 1_024)),
        ("basic", new(60, 1_000, 100_000, 2_000_000, 10, 0, 64_000, 4_096)),
        (Pro, new(300, 10_000, 500_000, 20_000_000, 50, 20, 256_000, 16_384)),
        ("enterprise", new(300, 10_000, 500_000, 20_000_000, 50, 20, 256_000, 16_384)),
    ];

    private readonly FrozenDictionary<string, EffectiveLimits> _tiers;
    private readonly ConditionalWeakTable<Client, EffectiveLimits> _clients = [];

    public TierCatalog(IOptions<RateLimitsOptions> options)
    {
        var configured = options.Value.Tiers;
        var pro = Merge(Defaults.Single(tier => tier.Name == Pro).Limits, configured.TryGetValue(Pro, out var figures) ? figure => figure.OfTier(figures) : _ => null);
        var tiers = Defaults.ToDictionary(tier => tier.Name, tier => tier.Limits, StringComparer.OrdinalIgnoreCase);
        tiers["enterprise"] = pro;
        foreach (var (name, own) in configured)
        {
            tiers[name] = Merge(tiers.GetValueOrDefault(name, pro), figure => figure.OfTier(own));
        }

        _tiers = tiers.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Names = [.. Defaults.Select(tier => tier.Name).Union(configured.Keys, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The tiers that a client can be on.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>What holds for a client. One whose tier the settings no longer have is held to <c>free</c>.</summary>
    public EffectiveLimits For(Client client) => _clients.GetValue(client, Merge);

    private EffectiveLimits Merge(Client client) =>
        Merge(_tiers.GetValueOrDefault(client.Tier, _tiers["free"]), figure => figure.OfClient(client.Limits)) with { Version = client.UpdatedAt.UtcTicks };

    private static EffectiveLimits Merge(EffectiveLimits tier, Func<LimitFigure, long?> own)
    {
        var figures = LimitFigure.All.Select(figure => own(figure) ?? figure.InForce(tier)).ToArray();
        return new EffectiveLimits(figures[0], figures[1], figures[2], figures[3], figures[4], figures[5], figures[6], figures[7]);
    }
}
