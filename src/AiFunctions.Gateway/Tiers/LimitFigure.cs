using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.RequestBody;

namespace AiFunctions.Gateway.Tiers;

/// <summary>One of the figures that a tier has: its names, the values that it may have, and where it stands.</summary>
/// <param name="Name">As in settings.</param>
/// <param name="Least">The least value.</param>
/// <param name="Largest">The largest.</param>
/// <param name="OfTier">What the settings say for a tier; null when they leave it out.</param>
/// <param name="OfClient">What a client has other than its tier; null when it has none.</param>
/// <param name="WithOwn">A client's figures with this one changed.</param>
/// <param name="InForce">What holds.</param>
internal sealed record LimitFigure(
    string Name,
    long Least,
    long Largest,
    Func<TierOptions, long?> OfTier,
    Func<ClientLimits, long?> OfClient,
    Func<ClientLimits, long?, ClientLimits> WithOwn,
    Func<EffectiveLimits, long> InForce)
{
    /// <summary>The most requests of one client at once: the counter entity has room for their holders.</summary>
    private const long MostConcurrentRequests = 1000;

    /// <summary>All of them. Those of <see cref="LimitKind"/> come first, in its order.</summary>
    public static IReadOnlyList<LimitFigure> All { get; } =
    [
        new(nameof(TierOptions.RequestsPerMinute), 1, RequestFields.LargestInteger,
            tier => tier.RequestsPerMinute, own => own.RequestsPerMinute, (own, value) => own with { RequestsPerMinute = value }, limits => limits.RequestsPerMinute),
        new(nameof(TierOptions.RequestsPerDay), 1, RequestFields.LargestInteger,
            tier => tier.RequestsPerDay, own => own.RequestsPerDay, (own, value) => own with { RequestsPerDay = value }, limits => limits.RequestsPerDay),
        new(nameof(TierOptions.TokensPerMinute), 1, RequestFields.LargestInteger,
            tier => tier.TokensPerMinute, own => own.TokensPerMinute, (own, value) => own with { TokensPerMinute = value }, limits => limits.TokensPerMinute),
        new(nameof(TierOptions.TokensPerDay), 1, RequestFields.LargestInteger,
            tier => tier.TokensPerDay, own => own.TokensPerDay, (own, value) => own with { TokensPerDay = value }, limits => limits.TokensPerDay),
        new(nameof(TierOptions.ConcurrentRequests), 1, MostConcurrentRequests,
            tier => tier.ConcurrentRequests, own => own.ConcurrentRequests, (own, value) => own with { ConcurrentRequests = value }, limits => limits.ConcurrentRequests),
        new(nameof(TierOptions.QueuedRequests), 0, MostConcurrentRequests,
            tier => tier.QueuedRequests, own => own.QueuedRequests, (own, value) => own with { QueuedRequests = value }, limits => limits.QueuedRequests),
        new(nameof(TierOptions.MaxRequestCharacters), 1, RequestFields.LargestInteger,
            tier => tier.MaxRequestCharacters, own => own.MaxRequestCharacters, (own, value) => own with { MaxRequestCharacters = value }, limits => limits.MaxRequestCharacters),
        new(nameof(TierOptions.MaxOutputTokens), 1, int.MaxValue,
            tier => tier.MaxOutputTokens, own => own.MaxOutputTokens, (own, value) => own with { MaxOutputTokens = value }, limits => limits.MaxOutputTokens),
    ];

    /// <summary>As in JSON and in error codes: <c>requests_per_minute</c>.</summary>
    public string JsonName { get; } = JsonNamingPolicy.SnakeCaseLower.ConvertName(Name);

    /// <summary>The figure of a limit.</summary>
    public static LimitFigure Of(LimitKind kind) => All[(int)kind];
}
