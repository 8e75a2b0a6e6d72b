namespace AiFunctions.Gateway.Tiers;

/// <summary>The limits that can refuse a request. The first four are windows.</summary>
internal enum LimitKind
{
    RequestsPerMinute,
    RequestsPerDay,
    TokensPerMinute,
    TokensPerDay,
    ConcurrentRequests,
}
