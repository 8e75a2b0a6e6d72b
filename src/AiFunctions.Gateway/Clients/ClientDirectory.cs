using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.Clients;

/// <summary>Finds who a key belongs to, from records at most 25 s old: what is revoked works nowhere after 30 s.</summary>
internal sealed class ClientDirectory(
    ClientStore clients, ClientKeyStore keys, IEnumerable<IClientRecords> others, TimeProvider time)
{
    private const int Capacity = 20_000;

    private readonly RecordCache<ClientIdentity> _identities = new(time, RecordAge.Most, Capacity);

    /// <summary>Finds a key and its client. Whether the key is the right one, expired or revoked, is for the caller to judge.</summary>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached.</exception>
    public ValueTask<ClientIdentity?> FindAsync(string keyId, CancellationToken cancellationToken) =>
        _identities.GetAsync(keyId, ReadAsync, cancellationToken);

    /// <summary>Whether the key was found here lately, even if its record is now too old to go by.</summary>
    public bool IsKnown(string keyId) => _identities.Contains(keyId);

    /// <summary>Makes a change of a client or its credentials seen at once by this instance.</summary>
    public void Forget(string clientId)
    {
        _identities.RemoveWhere(keyId => ApiKey.ClientIdOf(keyId) == clientId);
        foreach (var records in others)
        {
            records.Forget();
        }
    }

    private async Task<ClientIdentity?> ReadAsync(string keyId)
    {
        var clientId = ApiKey.ClientIdOf(keyId);
        var client = clients.FindAsync(clientId, CancellationToken.None);
        var key = await keys.FindAsync(clientId, keyId, CancellationToken.None);
        return await client is { } found && key is not null ? new ClientIdentity(found, key) : null;
    }
}
