using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Clients;

/// <summary>The clients' table. Reads are fresh; what may be up to 30 s old comes from <see cref="ClientDirectory"/>.</summary>
internal sealed class ClientStore(TableStorage storage)
{
    private readonly GatewayTable _table = storage.GetTable("Clients");

    public async Task<Client?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await _table.FindAsync<ClientEntity>(id, ClientEntity.Row, cancellationToken))?.ToClient();

    /// <summary>Adds a client; false when its id is taken.</summary>
    public async Task<bool> TryAddAsync(Client client, CancellationToken cancellationToken) =>
        await _table.TryInsertAsync(
            ClientEntity.From(client), same => same.Name == client.Name && same.CreatedAt == client.CreatedAt, cancellationToken) is not null;

    /// <summary>Replaces a client that was read before; false when it has changed or gone since.</summary>
    public async Task<bool> TryReplaceAsync(Client client, CancellationToken cancellationToken) =>
        await _table.TryReplaceAsync(ClientEntity.From(client), cancellationToken) is not null;

    /// <summary>Leaves a mark that outlives the client, such as that it was once made.</summary>
    public Task MarkAsync(string id, string mark, CancellationToken cancellationToken) =>
        _table.TryInsertAsync(new TableEntity(id, mark), isSame: null, cancellationToken);

    /// <summary>Whether a mark was left.</summary>
    public async Task<bool> IsMarkedAsync(string id, string mark, CancellationToken cancellationToken) =>
        await _table.FindAsync<TableEntity>(id, mark, cancellationToken) is not null;

    public Task<bool> DeleteAsync(string id, CancellationToken cancellationToken) => _table.DeleteAsync(id, ClientEntity.Row, cancellationToken);

    /// <summary>Reads clients in the order of their ids, from the first one after <paramref name="after"/>.</summary>
    public async Task<List<Client>> ListAsync(string? after, int count, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey gt {after ?? ""} and RowKey eq {ClientEntity.Row}");
        return (await _table.QueryAsync<ClientEntity>(filter, count, cancellationToken)).ConvertAll(entity => entity.ToClient());
    }
}
