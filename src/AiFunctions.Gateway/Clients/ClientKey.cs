using Azure;

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

    /// <summary>The key that this one is the successor of; null when it is none's.</summary>
    public string? PredecessorId { get; init; }

    /// <summary>
    /// Whether it is revoked when its predecessor is: it was handed to whoever presented that one, so a thief of the one may have the other.
    /// </summary>
    public bool FallsWithPredecessor { get; init; }

    /// <summary>The successor that was last made for it; null when there is none or it was thrown away unseen.</summary>
    public string? SuccessorId { get; init; }

    /// <summary>The successor itself, sealed, until it is handed out.</summary>
    public byte[]? SealedSuccessor { get; init; }

    /// <summary>Tells the handing out of the sealed successor from another's; null when there was none.</summary>
    public string? HandOutId { get; init; }

    /// <summary>Whether the sealed successor is still to be put where its client finds it. Until then nobody gets it, and the key does not end.</summary>
    public bool AwaitsDelivery { get; init; }

    /// <summary>Until when one run of the job delivers the successor and others leave it alone.</summary>
    public DateTimeOffset? ClaimedUntil { get; init; }

    /// <summary>The stored state that this was read from.</summary>
    public ETag ETag { get; init; }

    /// <summary>Whether it works.</summary>
    public bool IsLive(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);
}
