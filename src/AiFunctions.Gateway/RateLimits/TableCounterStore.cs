using AiFunctions.Gateway.Storage;
using Azure;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>The counters' table.</summary>
internal sealed class TableCounterStore(TableStorage storage) : ICounterStore
{
    // Tried once: after a second try of the SDK's own nobody could tell whether the first was done.
    private readonly GatewayTable _table = storage.GetTable("Counters", retries: false);

    public async Task<(CounterState State, string? Version)> ReadAsync(string clientId, CancellationToken cancellationToken) =>
        await _table.FindAsync<CounterEntity>(clientId, CounterEntity.Row, cancellationToken) is { } entity
            ? (entity.ToState(), entity.ETag.ToString())
            : (new CounterState(), null);

    public async Task<string?> TryWriteAsync(string clientId, CounterState state, string? version, CancellationToken cancellationToken)
    {
        var entity = CounterEntity.From(clientId, state);
        if (version is null)
        {
            return (await _table.TryInsertAsync(entity, isSame: null, cancellationToken))?.ToString();
        }

        entity.ETag = new ETag(version);
        return (await _table.TryReplaceAsync(entity, cancellationToken))?.ToString();
    }
}
