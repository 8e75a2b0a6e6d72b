using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.Clients;

/// <summary>A key as it is stored: partition key = client id, row key = key id.</summary>
internal sealed class ClientKeyEntity : StoredEntity
{
    public byte[] Hash { get; set; } = [];

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    public long? LifetimeSeconds { get; set; }

    public DateTimeOffset? RotatedAt { get; set; }

    public string? PredecessorId { get; set; }

    public bool? FallsWithPredecessor { get; set; }

    public string? SuccessorId { get; set; }

    public byte[]? SealedSuccessor { get; set; }

    public string? HandOutId { get; set; }

    public bool? AwaitsDelivery { get; set; }

    public DateTimeOffset? ClaimedUntil { get; set; }

    public static ClientKeyEntity From(ClientKey key) => new()
    {
        PartitionKey = key.ClientId,
        RowKey = key.KeyId,
        ETag = key.ETag,
        Hash = key.Hash,
        CreatedAt = key.CreatedAt,
        ExpiresAt = key.ExpiresAt,
        RevokedAt = key.RevokedAt,
        LifetimeSeconds = (long?)key.Lifetime?.TotalSeconds,
        RotatedAt = key.RotatedAt,
        PredecessorId = key.PredecessorId,
        FallsWithPredecessor = key.FallsWithPredecessor ? true : null,
        SuccessorId = key.SuccessorId,
        SealedSuccessor = key.SealedSuccessor,
        HandOutId = key.HandOutId,
        AwaitsDelivery = key.AwaitsDelivery ? true : null,
        ClaimedUntil = key.ClaimedUntil,
    };

    public ClientKey ToKey() => new()
    {
        ClientId = PartitionKey,
        KeyId = RowKey,
        ETag = ETag,
        Hash = Hash,
        CreatedAt = CreatedAt,
        ExpiresAt = ExpiresAt,
        RevokedAt = RevokedAt,
        Lifetime = LifetimeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        RotatedAt = RotatedAt,
        PredecessorId = PredecessorId,
        FallsWithPredecessor = FallsWithPredecessor is true,
        SuccessorId = SuccessorId,
        SealedSuccessor = SealedSuccessor,
        HandOutId = HandOutId,
        AwaitsDelivery = AwaitsDelivery is true,
        ClaimedUntil = ClaimedUntil,
    };
}
