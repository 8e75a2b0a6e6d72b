using AiFunctions.Gateway.RateLimits;

namespace AiFunctions.Gateway.Tiers;

/// <summary>The limits that can refuse a request. The first four are windows, and index the arrays of <see cref="CounterState"/>.</summary>
internal enum LimitKind
{
    RequestsPerMinute,
    RequestsPerDay,
    TokensPerMinute,
    TokensPerDay,
    ConcurrentRequests,
}
