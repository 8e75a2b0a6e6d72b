namespace AiFunctions.Gateway.RateLimits;

/// <summary>An instance's share of a client's concurrent requests.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="Slots">How many requests it may have under way, 1 or more.</param>
/// <param name="ExpiresAt">Until when, unless it renews its claim.</param>
internal sealed record SlotHolder(string Instance, long Slots, DateTimeOffset ExpiresAt);
