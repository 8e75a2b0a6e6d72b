using AiFunctions.Gateway.Hashing;
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
        var issued = new IssuedKey(New(clientId, keyId, key, lifetime), key);
        return await _table.TryInsertAsync(ClientKeyEntity.From(issued.Record), same => same.Hash.AsSpan().SequenceEqual(issued.Record.Hash), cancellationToken) is not null
            ? issued : null;
    }

    /// <summary>What is to be kept of a key. Stores nothing.</summary>
    public ClientKey New(string clientId, string keyId, ReadOnlySpan<char> key, TimeSpan? lifetime)
    {
        var now = time.GetUtcNow();
        return new ClientKey { ClientId = clientId, KeyId = keyId, Hash = hash.OfApiKey(key), CreatedAt = now, ExpiresAt = now + lifetime, Lifetime = lifetime };
    }

    /// <summary>Replaces a key that was read before.</summary>
    /// <returns>The key as it is now; null when it has changed or gone since.</returns>
    public async Task<ClientKey?> TryReplaceAsync(ClientKey key, CancellationToken cancellationToken) =>
        await _table.TryReplaceAsync(ClientKeyEntity.From(key), cancellationToken) is { } etag ? key with { ETag = etag } : null;

    /// <summary>Stores a new key and, in the same transaction, the change to the one that it succeeds: both are done or neither.</summary>
    /// <returns>False when the old one has changed or gone since it was read.</returns>
    public async Task<bool> TrySucceedAsync(ClientKey changed, ClientKey successor, CancellationToken cancellationToken) =>
        await _table.TrySubmitAsync([ClientKeyEntity.From(successor)], [ClientKeyEntity.From(changed)], cancellationToken)

        // A transaction whose answer got lost is tried again, and then finds the successor that it has stored itself.
        || (await FindAsync(changed.ClientId, changed.KeyId, cancellationToken))?.SuccessorId == successor.KeyId;

    /// <summary>Revokes a successor and, in the same transaction, changes the key that it was made for.</summary>
    /// <returns>False when one of them has changed or gone since it was read.</returns>
    public Task<bool> TryRevokeSuccessorAsync(ClientKey changed, ClientKey successor, CancellationToken cancellationToken) =>
        _table.TrySubmitAsync(
            [],
            [ClientKeyEntity.From(successor with { RevokedAt = successor.RevokedAt ?? time.GetUtcNow() }), ClientKeyEntity.From(changed)],
            cancellationToken);

    /// <summary>Revokes a key for good; false when there is no such key. Revoking it again changes nothing.</summary>
    public async Task<bool> RevokeAsync(string clientId, string keyId, CancellationToken cancellationToken) =>
        await _table.ChangeAsync<ClientKeyEntity>(
            clientId,
            keyId,
            stored =>
            {
                if (stored is null || stored.RevokedAt is not null)
                {
                    return null;
                }

                stored.RevokedAt = time.GetUtcNow();
                return stored;
            },
            isSame: null,
            cancellationToken) is not null;

    /// <summary>Notes that a key has a successor and ends at a time, unless it ends before. A later end does not take the place of an earlier one.</summary>
    /// <returns>The key as it is now; null when it is gone.</returns>
    public async Task<ClientKey?> RetireAsync(string clientId, string keyId, DateTimeOffset ends, CancellationToken cancellationToken) =>
        (await _table.ChangeAsync<ClientKeyEntity>(
            clientId,
            keyId,
            stored =>
            {
                if (stored is null || (stored.RotatedAt is not null && stored.ExpiresAt <= ends))
                {
                    return null;
                }

                stored.RotatedAt ??= time.GetUtcNow();
                stored.ExpiresAt = stored.ExpiresAt < ends ? stored.ExpiresAt : ends;
                return stored;
            },
            isSame: null,
            cancellationToken))?.ToKey();

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
