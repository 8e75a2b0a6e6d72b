using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Blocks;

/// <summary>The blocks' table.</summary>
internal sealed class BlockStore(TableStorage storage, BlockSchedule schedule, TimeProvider time)
{
    private readonly GatewayTable _table = storage.GetTable("Blocks");

    /// <summary>Stores a block for violations.</summary>
    /// <param name="block">The block as this instance has made it, from what it knew.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>What holds: the one of another instance when that was first; else this one, as long as the stored past demands.</returns>
    public Task<Block> AddAsync(Block block, CancellationToken cancellationToken) => WriteAsync(
        block.Subject,
        last => last is not null && last.IsInForce(block.CreatedAt) ? null : schedule.Next(block.Subject, last, block.CreatedAt),
        cancellationToken);

    /// <summary>Stores an operator's block in the place of any other. The number of blocks for violations stays what it was.</summary>
    public Task<Block> SetAsync(Block block, CancellationToken cancellationToken) => WriteAsync(
        block.Subject,
        last => block with { Count = last is not null && schedule.IsRemembered(last, block.CreatedAt) ? last.Count : 0 },
        cancellationToken);

    /// <summary>Lifts a block and forgets those before it; false when there is nothing to forget.</summary>
    public Task<bool> DeleteAsync(BlockSubject subject, CancellationToken cancellationToken) =>
        _table.DeleteAsync(BlockEntity.Partition, subject.BlockId, cancellationToken);

    /// <summary>Reads the blocks in force, in the order of their ids, from the first one after <paramref name="after"/>.</summary>
    public async Task<List<Block>> ListAsync(string? after, int count, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var filter = after is null
            ? TableClient.CreateQueryFilter($"PartitionKey eq {BlockEntity.Partition} and ExpiresAt gt {now}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {BlockEntity.Partition} and RowKey gt {after} and ExpiresAt gt {now}");
        return [.. (await _table.QueryAsync<BlockEntity>(filter, count, cancellationToken)).Select(entity => entity.ToBlock()).OfType<Block>()];
    }

    /// <summary>Deletes the rows that make no further block longer.</summary>
    public Task DeleteForgottenAsync(CancellationToken cancellationToken) => _table.DeleteAllAsync<BlockEntity>(
        TableClient.CreateQueryFilter($"PartitionKey eq {BlockEntity.Partition} and ExpiresAt lt {time.GetUtcNow() - schedule.Memory}"), deleted: null, cancellationToken);

    // Null leaves the last block what it is.
    private async Task<Block> WriteAsync(BlockSubject subject, Func<Block?, Block?> nextOf, CancellationToken cancellationToken)
    {
        Block? holds = null;
        await _table.ChangeAsync<BlockEntity>(
            BlockEntity.Partition,
            subject.BlockId,
            stored =>
            {
                var last = stored?.ToBlock();
                var next = nextOf(last);
                holds = next is null ? last : next with { IsStored = true };
                return next is null ? null : BlockEntity.From(next);
            },
            isSame: null,
            cancellationToken);
        return holds!;
    }
}
