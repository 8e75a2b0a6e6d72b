namespace AiFunctions.Gateway.Clients;

/// <summary>The client that a laptop's first start makes, so that there is a key to try at once.</summary>
public sealed class DemoClient
{
    private const string Id = "demo";
    private const string KeyId = Id + "firstkey";
    private const string Mark = "made";
    private readonly ClientStore _clients;
    private readonly ClientKeyStore _keys;
    private readonly TimeProvider _time;

    internal DemoClient(ClientStore clients, ClientKeyStore keys, TimeProvider time)
    {
        _clients = clients;
        _keys = keys;
        _time = time;
    }

    /// <summary>Makes the demo client on the free tier and its first key, unless that was done before.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The key, which cannot be shown again; null when it was made before, here or by another process.</returns>
    public async Task<string?> CreateAsync(CancellationToken cancellationToken)
    {
        // An operator has deleted it: it is not made again.
        if (await _clients.IsMarkedAsync(Id, Mark, cancellationToken))
        {
            return null;
        }

        var now = _time.GetUtcNow();
        await _clients.TryAddAsync(new Client { Id = Id, Name = "Demo", Tier = "free", CreatedAt = now, UpdatedAt = now }, cancellationToken);

        // The key decides, not the client: what a start that ended between the two writes left out, the next one writes.
        var issued = await _keys.TryIssueAsync(Id, KeyId, lifetime: null, cancellationToken);
        await _clients.MarkAsync(Id, Mark, cancellationToken);
        return issued?.Key;
    }
}
