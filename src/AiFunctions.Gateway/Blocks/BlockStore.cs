using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Blocks;

/// <summary>The blocks' table.</summary>
internal sealed class BlockStore(TableStorage storage, BlockSchedule schedule, TimeProvider time)
{
    private const int Batch = 100;
    private readonly GatewayTable _table = storage.GetTable("Blocks");

    /// <summary>Stores a block for violations.</summary>
    /// <param name="block">The block as this instance has made it, from what it knew.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>What holds: the one of another instance when that was first; else this one, as long as the stored past demands.</returns>
    public async Task<Block> AddAsync(Block block, CancellationToken cancellationToken)
    {
        while (true)
        {
            var entity = await _table.FindAsync<BlockEntity>(BlockEntity.Partition, block.Subject.BlockId, cancellationToken);
            var last = entity?.ToBlock();
            if (last is not null && last.IsInForce(block.CreatedAt))
            {
                return last;
            }

            var next = schedule.Next(block.Subject, last, block.CreatedAt);
            if (await TryWriteAsync(next, entity, cancellationToken))
            {
                return next with { IsStored = true };
            }
        }
    }

    /// <summary>Stores an operator's block in the place of any other. The number of blocks for violations stays what it was.</summary>
    public async Task<Block> SetAsync(Block block, CancellationToken cancellationToken)
    {
        while (true)
        {
            var entity = await _table.FindAsync<BlockEntity>(BlockEntity.Partition, block.Subject.BlockId, cancellationToken);
            var last = entity?.ToBlock();
            var next = block with { Count = last is not null && schedule.IsRemembered(last, block.CreatedAt) ? last.Count : 0 };
            if (await TryWriteAsync(next, entity, cancellationToken))
            {
                return next with { IsStored = true };
            }
        }
    }

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
    public async Task DeleteForgottenAsync(CancellationToken cancellationToken)
    {
        List<BlockEntity> forgotten;
        do
        {
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {BlockEntity.Partition} and ExpiresAt lt {time.GetUtcNow() - schedule.Memory}");
            forgotten = await _table.QueryAsync<BlockEntity>(filter, Batch, cancellationToken);
            foreach (var entity in forgotten)
            {
                await _table.TryDeleteAsync(entity, cancellationToken); // not when it is new again
            }
        }
        while (forgotten.Count == Batch);
    }

    private async Task<bool> TryWriteAsync(Block block, BlockEntity? stored, CancellationToken cancellationToken)
    {
        var entity = BlockEntity.From(block);
        if (stored is null)
        {
            return await _table.TryInsertAsync(entity, isSame: null, cancellationToken) is not null;
        }

        entity.ETag = stored.ETag;
        return await _table.TryReplaceAsync(entity, cancellationToken) is not null;
    }
}
