using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>How a client stands with one limit, as far as this instance knows.</summary>
/// <param name="Kind">The limit.</param>
/// <param name="Limit">Its figure.</param>
/// <param name="Used">What is used of it; what other instances hold and have not spent counts as used.</param>
/// <param name="ResetsAt">When the window ends; for slots, now.</param>
internal readonly record struct WindowUsage(LimitKind Kind, long Limit, long Used, DateTimeOffset ResetsAt)
{
    /// <summary>What is left, 0 or more.</summary>
    public long Remaining => Math.Max(0, Limit - Used);
}
