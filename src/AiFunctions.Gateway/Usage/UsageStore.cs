using System.Runtime.CompilerServices;
using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Usage;

/// <summary>The usage table.</summary>
internal sealed class UsageStore(TableStorage storage)
{
    private const int Batch = 1000;
    private const string End = "~";
    private readonly GatewayTable _table = storage.GetTable("Usage");

    /// <summary>Stores changes.</summary>
    public Task StoreAsync(UsageEntity entity, CancellationToken cancellationToken) => _table.UpsertAsync(entity, cancellationToken);

    /// <summary>Reads all clients' rows of some days in the order of their keys: a query for each thousand, however many days have none.</summary>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    /// <param name="afterClient">Leaves out all clients up to this one on the first day; null leaves out none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<UsageEntity> ReadAsync(
        DateOnly from, DateOnly to, string? afterClient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (from > to)
        {
            yield break;
        }

        // A range of keys is one of partitions, or one of rows within a partition: storage would read the whole table for both at once.
        var (day, after) = (from, afterClient is null ? null : EndOf(afterClient));
        while (true)
        {
            if (after is not null)
            {
                await foreach (var row in ReadDayAsync(day, after, End, cancellationToken))
                {
                    yield return row;
                }

                if (day >= to)
                {
                    yield break;
                }

                day = day.AddDays(1);
            }

            var rows = await _table.QueryAsync<UsageEntity>(
                TableClient.CreateQueryFilter($"PartitionKey ge {UsageEntity.PartitionOf(day)} and PartitionKey le {UsageEntity.PartitionOf(to)}"), Batch, cancellationToken);
            foreach (var row in rows)
            {
                yield return row;
            }

            if (rows.Count < Batch)
            {
                yield break;
            }

            (day, after) = (rows[^1].Day(), rows[^1].RowKey);
        }
    }

    /// <summary>Reads a client's rows of a day.</summary>
    public IAsyncEnumerable<UsageEntity> ReadAsync(DateOnly day, string client, CancellationToken cancellationToken) =>
        ReadDayAsync(day, client + "-", EndOf(client), cancellationToken);

    /// <summary>Deletes what is older than a day.</summary>
    public Task DeleteBeforeAsync(DateOnly day, CancellationToken cancellationToken) => _table.DeleteAllAsync<UsageEntity>(
        TableClient.CreateQueryFilter($"PartitionKey lt {UsageEntity.PartitionOf(day)}"), deleted: null, cancellationToken);

    private async IAsyncEnumerable<UsageEntity> ReadDayAsync(
        DateOnly day, string after, string end, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var partition = UsageEntity.PartitionOf(day);
        List<UsageEntity> rows;
        do
        {
            rows = await _table.QueryAsync<UsageEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {after} and RowKey lt {end}"), Batch, cancellationToken);
            foreach (var row in rows)
            {
                yield return row;
            }

            after = rows.Count > 0 ? rows[^1].RowKey : after;
        }
        while (rows.Count == Batch);
    }

    // The first key after all of a client's: '.' comes after '-'.
    private static string EndOf(string client) => client + ".";
}
