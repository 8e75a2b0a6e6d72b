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

    /// <summary>Replaces two keys of a client that were read before, both or neither.</summary>
    /// <returns>False when one of them has changed or gone since.</returns>
    public Task<bool> TryReplaceBothAsync(ClientKey one, ClientKey other, CancellationToken cancellationToken) =>
        _table.TrySubmitAsync([], [ClientKeyEntity.From(one), ClientKeyEntity.From(other)], cancellationToken);

    /// <summary>Stores a new key and, in the same transaction, the change to the one that it succeeds: both are done or neither.</summary>
    /// <param name="changed">The old key as it is to become.</param>
    /// <param name="successor">The new one.</param>
    /// <param name="discarded">A successor that the new one stands in for, and that is revoked with the same transaction; null when there is none.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>False when the old one has changed or gone since it was read.</returns>
    public async Task<bool> TrySucceedAsync(ClientKey changed, ClientKey successor, ClientKey? discarded, CancellationToken cancellationToken)
    {
        List<ClientKeyEntity> replaced = [ClientKeyEntity.From(changed)];
        if (discarded is not null)
        {
            replaced.Add(ClientKeyEntity.From(Revoked(discarded)));
        }

        return await _table.TrySubmitAsync([ClientKeyEntity.From(successor)], replaced, cancellationToken)

            // A transaction whose answer got lost is tried again, and then finds the successor that it has stored itself.
            || (await FindAsync(changed.ClientId, changed.KeyId, cancellationToken))?.SuccessorId == successor.KeyId;
    }

    /// <summary>Revokes a successor and, in the same transaction, changes the key that it was made for.</summary>
    /// <returns>False when one of them has changed or gone since it was read.</returns>
    public Task<bool> TryRevokeSuccessorAsync(ClientKey changed, ClientKey successor, CancellationToken cancellationToken) =>
        TryReplaceBothAsync(Revoked(successor), changed, cancellationToken);

    /// <summary>Revokes a key for good, and with it every successor that was handed to whoever presented it, and theirs.</summary>
    /// <remarks>
    /// A successor is made, or handed out, by a transaction that changes the row of the key it is for. So either that comes first and is seen here, or this comes
    /// first and that fails: nothing is made out of a key that falls. What one transaction cannot hold goes the same way after it; asking again ends what a crash left.
    /// </remarks>
    /// <returns>The key, first, and what this call has revoked with it; null when there is no such key.</returns>
    public async Task<IReadOnlyList<ClientKey>?> RevokeAsync(string clientId, string keyId, CancellationToken cancellationToken)
    {
        var revoked = new List<ClientKey>();
        while (true)
        {
            var all = await ListAllAsync(clientId, cancellationToken);
            if (all.Find(key => key.KeyId == keyId) is not { } first)
            {
                return null;
            }

            var left = KeyLineage.FallingWith(first, all).Where(key => key.RevokedAt is null).Take(GatewayTable.MostInTransaction).Select(Revoked).ToList();
            if (left.Count == 0)
            {
                revoked.RemoveAll(key => key.KeyId == keyId);
                return [first, .. revoked];
            }

            if (await _table.TrySubmitAsync([], left.Select(ClientKeyEntity.From), cancellationToken))
            {
                revoked.AddRange(left);
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

    /// <summary>Reads all of a client's keys.</summary>
    public async Task<List<ClientKey>> ListAllAsync(string clientId, CancellationToken cancellationToken)
    {
        const int Page = 1000;
        var all = new List<ClientKey>();
        List<ClientKey> page;
        do
        {
            page = await ListAsync(clientId, all.LastOrDefault()?.KeyId, Page, cancellationToken);
            all.AddRange(page);
        }
        while (page.Count == Page);
        return all;
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

    private ClientKey Revoked(ClientKey key) => key with { RevokedAt = key.RevokedAt ?? time.GetUtcNow() };
}
