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
    public Task<bool> TryAddAsync(Client client, CancellationToken cancellationToken) =>
        _table.TryInsertAsync(ClientEntity.From(client), cancellationToken);

    /// <summary>Replaces a client that was read before; false when it has changed or gone since.</summary>
    public Task<bool> TryReplaceAsync(Client client, CancellationToken cancellationToken) =>
        _table.TryReplaceAsync(ClientEntity.From(client), cancellationToken);

    public Task<bool> DeleteAsync(string id, CancellationToken cancellationToken) => _table.DeleteAsync(id, ClientEntity.Row, cancellationToken);

    /// <summary>Reads clients in the order of their ids, from the first one after <paramref name="after"/>.</summary>
    public async Task<List<Client>> ListAsync(string? after, int count, CancellationToken cancellationToken)
    {
        var filter = after is null ? null : TableClient.CreateQueryFilter($"PartitionKey gt {after}");
        return (await _table.QueryAsync<ClientEntity>(filter, count, cancellationToken)).ConvertAll(entity => entity.ToClient());
    }
}
