using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.Blocks;

/// <summary>A block as it is stored, also for a while after its end: row key = block id, all in one partition so that one query reads them.</summary>
internal sealed class BlockEntity() : StoredEntity(partitionKey: Partition)
{
    public const string Partition = "blocks";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public string? Reason { get; set; }

    public int Count { get; set; }

    public static BlockEntity From(Block block) => new()
    {
        RowKey = block.Subject.BlockId,
        CreatedAt = block.CreatedAt,
        ExpiresAt = block.ExpiresAt,
        Reason = block.Reason,
        Count = block.Count,
    };

    /// <summary>Null when the row is none of ours.</summary>
    public Block? ToBlock() => BlockSubject.TryParse(RowKey, out var subject)
        ? new Block { Subject = subject, CreatedAt = CreatedAt, ExpiresAt = ExpiresAt, Reason = Reason, Count = Count, IsStored = true }
        : null;
}
