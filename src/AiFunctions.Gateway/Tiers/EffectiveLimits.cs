namespace AiFunctions.Gateway.Tiers;

/// <summary>The figures that hold for one client: its tier's, with its own in their place where it has any.</summary>
/// <param name="RequestsPerMinute">Requests in a fixed window of one minute (UTC).</param>
/// <param name="RequestsPerDay">Requests in a fixed window of one day (UTC).</param>
/// <param name="TokensPerMinute">Tokens, of prompts and answers together, in a minute.</param>
/// <param name="TokensPerDay">Tokens in a day.</param>
/// <param name="ConcurrentRequests">Requests under way at once.</param>
/// <param name="QueuedRequests">Requests that may wait for one under way to end.</param>
/// <param name="MaxRequestCharacters">The longest request, in UTF-16 code units of its text.</param>
/// <param name="MaxOutputTokens">The most tokens of one answer choice.</param>
internal sealed record EffectiveLimits(
    long RequestsPerMinute,
    long RequestsPerDay,
    long TokensPerMinute,
    long TokensPerDay,
    long ConcurrentRequests,
    long QueuedRequests,
    long MaxRequestCharacters,
    long MaxOutputTokens)
{
    /// <summary>Which state of the client they come from, ever larger: of two states that an instance may know at a time, the later holds.</summary>
    public long Version { get; init; }

    /// <summary>The figure of a limit.</summary>
    public long this[LimitKind kind] => kind switch
    {
        LimitKind.RequestsPerMinute => RequestsPerMinute,
        LimitKind.RequestsPerDay => RequestsPerDay,
        LimitKind.TokensPerMinute => TokensPerMinute,
        LimitKind.TokensPerDay => TokensPerDay,
        _ => ConcurrentRequests,
    };
}
