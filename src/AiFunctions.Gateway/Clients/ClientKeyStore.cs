using AiFunctions.Gateway.Authentication;
using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Clients;

/// <summary>The keys' table.</summary>
internal sealed class ClientKeyStore(TableStorage storage, KeyedHash hash, TimeProvider time)
{
    private readonly GatewayTable _table = storage.GetTable("Keys");

    public async Task<ClientKey?> FindAsync(string clientId, string keyId, CancellationToken cancellationToken) =>
        (await _table.FindAsync<ClientKeyEntity>(clientId, keyId, cancellationToken))?.ToKey();

    /// <summary>Makes a key for a client.</summary>
    public async Task<IssuedKey> IssueAsync(string clientId, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        IssuedKey? issued;
        do
        {
            issued = await TryIssueAsync(clientId, ApiKey.NewKeyId(clientId), lifetime, cancellationToken);
        }
        while (issued is null);
        return issued;
    }

    /// <summary>Makes a key with a given id; null when there is one of that id.</summary>
    public async Task<IssuedKey?> TryIssueAsync(string clientId, string keyId, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        var key = ApiKey.Create(keyId);
        var now = time.GetUtcNow();
        var record = new ClientKey { ClientId = clientId, KeyId = keyId, Hash = hash.OfApiKey(key), CreatedAt = now, ExpiresAt = now + lifetime, Lifetime = lifetime };
        return await _table.TryInsertAsync(ClientKeyEntity.From(record), same => same.Hash.AsSpan().SequenceEqual(record.Hash), cancellationToken) is not null
            ? new IssuedKey(record, key) : null;
    }

    /// <summary>Revokes a key for good; false when there is no such key. Revoking it again changes nothing.</summary>
    public async Task<bool> RevokeAsync(string clientId, string keyId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var entity = await _table.FindAsync<ClientKeyEntity>(clientId, keyId, cancellationToken);
            if (entity is null)
            {
                return false;
            }

            if (entity.RevokedAt is not null)
            {
                return true;
            }

            entity.RevokedAt = time.GetUtcNow();
            if (await _table.TryReplaceAsync(entity, cancellationToken) is not null)
            {
                return true;
            }
        }
    }

    /// <summary>Notes that a key has a successor and ends at a time, unless it ends before. A later end does not take the place of an earlier one.</summary>
    /// <returns>The key as it is now; null when it is gone.</returns>
    public async Task<ClientKey?> RetireAsync(string clientId, string keyId, DateTimeOffset ends, CancellationToken cancellationToken)
    {
        while (true)
        {
            var entity = await _table.FindAsync<ClientKeyEntity>(clientId, keyId, cancellationToken);
            if (entity is null)
            {
                return null;
            }

            if (entity.RotatedAt is not null && entity.ExpiresAt <= ends)
            {
                return entity.ToKey();
            }

            entity.RotatedAt ??= time.GetUtcNow();
            entity.ExpiresAt = entity.ExpiresAt < ends ? entity.ExpiresAt : ends;
            if (await _table.TryReplaceAsync(entity, cancellationToken) is not null)
            {
                return entity.ToKey();
            }
        }
    }

    /// <summary>Reads a client's keys in the order of their ids, from the first one after <paramref name="after"/>.</summary>
    public async Task<List<ClientKey>> ListAsync(string clientId, string? after, int count, CancellationToken cancellationToken)
    {
        var filter = after is null
            ? TableClient.CreateQueryFilter($"PartitionKey eq {clientId}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {clientId} and RowKey gt {after}");
        return (await _table.QueryAsync<ClientKeyEntity>(filter, count, cancellationToken)).ConvertAll(entity => entity.ToKey());
    }

    /// <summary>Deletes all of a client's keys.</summary>
    public async Task DeleteAllAsync(string clientId, CancellationToken cancellationToken)
    {
        const int Batch = 100;
        List<ClientKey> keys;
        do
        {
            keys = await ListAsync(clientId, after: null, Batch, cancellationToken);
            foreach (var key in keys)
            {
                await _table.DeleteAsync(clientId, key.KeyId, cancellationToken);
            }
        }
        while (keys.Count == Batch);
    }
}
