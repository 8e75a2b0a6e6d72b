using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>Why a request is not let in.</summary>
/// <param name="Kind">The limit that it would exceed.</param>
/// <param name="Until">When the limit's window ends; for slots, when trying again makes sense.</param>
internal readonly record struct Denial(LimitKind Kind, DateTimeOffset Until);
