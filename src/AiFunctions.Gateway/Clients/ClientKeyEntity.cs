using Azure;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Clients;

/// <summary>A key as it is stored: partition key = client id, row key = key id.</summary>
internal sealed class ClientKeyEntity : ITableEntity
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public byte[] Hash { get; set; } = [];

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    public long? LifetimeSeconds { get; set; }

    public DateTimeOffset? RotatedAt { get; set; }

    public static ClientKeyEntity From(ClientKey key) => new()
    {
        PartitionKey = key.ClientId,
        RowKey = key.KeyId,
        Hash = key.Hash,
        CreatedAt = key.CreatedAt,
        ExpiresAt = key.ExpiresAt,
        RevokedAt = key.RevokedAt,
        LifetimeSeconds = (long?)key.Lifetime?.TotalSeconds,
        RotatedAt = key.RotatedAt,
    };

    public ClientKey ToKey() => new()
    {
        ClientId = PartitionKey,
        KeyId = RowKey,
        Hash = Hash,
        CreatedAt = CreatedAt,
        ExpiresAt = ExpiresAt,
        RevokedAt = RevokedAt,
        Lifetime = LifetimeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        RotatedAt = RotatedAt,
    };
}
