namespace AiFunctions.Gateway.Clients;

/// <summary>The figures of a tier that a client has other than its tier. Null: as the tier says.</summary>
internal sealed record ClientLimits
{
    public static readonly ClientLimits None = new();

    public long? RequestsPerMinute { get; init; }

    public long? RequestsPerDay { get; init; }

    public long? TokensPerMinute { get; init; }

    public long? TokensPerDay { get; init; }

    public long? ConcurrentRequests { get; init; }

    public long? QueuedRequests { get; init; }

    public long? MaxRequestCharacters { get; init; }

    public long? MaxOutputTokens { get; init; }
}
