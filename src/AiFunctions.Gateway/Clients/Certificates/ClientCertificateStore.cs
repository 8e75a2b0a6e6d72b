using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Clients.Certificates;

/// <summary>The certificates' table.</summary>
internal sealed class ClientCertificateStore(TableStorage storage, ClientStore clients)
{
    private readonly GatewayTable _table = storage.GetTable("Certificates");

    public async Task<ClientCertificate?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await FindEntityAsync(id, cancellationToken))?.ToCertificate();

    /// <summary>Adds a certificate. One that the client has already stays as it is.</summary>
    /// <returns>The certificate as it is stored; null when it is another client's.</returns>
    public async Task<ClientCertificate?> AddAsync(ClientCertificate certificate, CancellationToken cancellationToken)
    {
        var entity = await _table.ChangeAsync<ClientCertificateEntity>(
            ClientCertificateEntity.Partition,
            certificate.Id,

            // What a deleted client left here is replaced.
            async stored => stored is not null && (stored.ClientId == certificate.ClientId || await clients.FindAsync(stored.ClientId, cancellationToken) is not null)
                ? null
                : ClientCertificateEntity.From(certificate),
            same => same.ClientId == certificate.ClientId,
            cancellationToken);
        return entity!.ClientId == certificate.ClientId ? entity.ToCertificate() : null;
    }

    /// <summary>Removes a client's certificate; false when it has none of that id.</summary>
    public async Task<bool> RemoveAsync(string clientId, string id, CancellationToken cancellationToken) =>
        (await FindEntityAsync(id, cancellationToken))?.ClientId == clientId
        && await _table.DeleteAsync(ClientCertificateEntity.Partition, id, cancellationToken);

    /// <summary>Reads a client's certificates in the order of their ids, from the first one after <paramref name="after"/>. For operators:
    /// it looks at all clients' certificates.</summary>
    public async Task<List<ClientCertificate>> ListAsync(string clientId, string? after, int count, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {ClientCertificateEntity.Partition} and RowKey gt {after ?? ""} and ClientId eq {clientId}");
        return (await _table.QueryAsync<ClientCertificateEntity>(filter, count, cancellationToken)).ConvertAll(entity => entity.ToCertificate());
    }

    /// <summary>Deletes all of a client's certificates.</summary>
    public async Task DeleteAllAsync(string clientId, CancellationToken cancellationToken)
    {
        const int Batch = 100;
        List<ClientCertificate> certificates;
        do
        {
            certificates = await ListAsync(clientId, after: null, Batch, cancellationToken);
            foreach (var certificate in certificates)
            {
                await _table.DeleteAsync(ClientCertificateEntity.Partition, certificate.Id, cancellationToken);
            }
        }
        while (certificates.Count == Batch);
    }

    private Task<ClientCertificateEntity?> FindEntityAsync(string id, CancellationToken cancellationToken) =>
        _table.FindAsync<ClientCertificateEntity>(ClientCertificateEntity.Partition, id, cancellationToken);
}
