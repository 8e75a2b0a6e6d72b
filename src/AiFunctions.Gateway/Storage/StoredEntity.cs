using Azure;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Storage;

/// <summary>What every entity has. <see cref="EntityMapping{T}"/> says which properties others may have.</summary>
/// <param name="partitionKey">A new entity's partition key.</param>
/// <param name="rowKey">A new entity's row key.</param>
internal abstract class StoredEntity(string partitionKey = "", string rowKey = "") : ITableEntity
{
    /// <inheritdoc/>
    public string PartitionKey { get; set; } = partitionKey;

    /// <inheritdoc/>
    public string RowKey { get; set; } = rowKey;

    /// <inheritdoc/>
    public DateTimeOffset? Timestamp { get; set; }

    /// <inheritdoc/>
    public ETag ETag { get; set; }
}
