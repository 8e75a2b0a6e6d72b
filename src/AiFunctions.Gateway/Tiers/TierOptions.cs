namespace AiFunctions.Gateway.Tiers;

/// <summary>A tier's figures. What is left out is as the contract's defaults for the tier say, or as for <c>pro</c>.</summary>
internal sealed class TierOptions
{
    /// <summary>Requests in a minute (UTC), 1 or more.</summary>
    public long? RequestsPerMinute { get; set; }

    /// <summary>Requests in a day (UTC), 1 or more.</summary>
    public long? RequestsPerDay { get; set; }

    /// <summary>Tokens in a minute, 1 or more.</summary>
    public long? TokensPerMinute { get; set; }

    /// <summary>Tokens in a day, 1 or more.</summary>
    public long? TokensPerDay { get; set; }

    /// <summary>Requests under way at once, 1 to 1000.</summary>
    public long? ConcurrentRequests { get; set; }

    /// <summary>Requests that may wait for one under way to end, 0 to 1000.</summary>
    public long? QueuedRequests { get; set; }

    /// <summary>The longest request in characters of its text, 1 or more.</summary>
    public long? MaxRequestCharacters { get; set; }

    /// <summary>The longest answer choice in tokens, 1 or more.</summary>
    public long? MaxOutputTokens { get; set; }
}
