namespace AiFunctions.Gateway.Clients;

/// <summary>What is kept of an API key: everything but the key.</summary>
internal sealed record ClientKey
{
    public required string KeyId { get; init; }

    public required string ClientId { get; init; }

    /// <summary>The keyed hash of the whole key.</summary>
    public required byte[] Hash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>How long it was issued for, and its successors are; null for ever.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>When it was first given a successor. It works on until it expires.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    /// <summary>Whether it works.</summary>
    public bool IsLive(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);
}
