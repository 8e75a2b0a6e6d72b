using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Usage;

/// <summary>The usage table.</summary>
internal sealed class UsageStore(TableStorage storage)
{
    private const int Batch = 1000;
    private readonly GatewayTable _table = storage.GetTable("Usage");

    /// <summary>Stores changes.</summary>
    public Task StoreAsync(UsageEntity entity, CancellationToken cancellationToken) => _table.UpsertAsync(entity, cancellationToken);

    /// <summary>Reads a day's rows in the order of their keys.</summary>
    /// <param name="day">The day.</param>
    /// <param name="client">Whose, or null for all.</param>
    /// <param name="afterClient">Leaves out all clients up to this one; null leaves out none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<UsageEntity> ReadAsync(
        DateOnly day, string? client, string? afterClient, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var partition = UsageEntity.PartitionOf(day);
        var after = client is not null ? client + "-" : afterClient is not null ? EndOf(afterClient) : "";
        var end = client is not null ? EndOf(client) : "~";
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

    /// <summary>Deletes what is older than a day.</summary>
    public Task DeleteBeforeAsync(DateOnly day, CancellationToken cancellationToken) => _table.DeleteAllAsync<UsageEntity>(
        TableClient.CreateQueryFilter($"PartitionKey lt {UsageEntity.PartitionOf(day)}"), deleted: null, cancellationToken);

    // The first key after all of a client's: '.' comes after '-'.
    private static string EndOf(string client) => client + ".";
}
