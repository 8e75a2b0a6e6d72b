using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.KeyRotation.Events;

/// <summary>The audit trail of keys. An event is written after the thing itself: a crash in between loses the line, never the thing.</summary>
internal sealed partial class KeyEventStore(TableStorage storage, IOptions<KeyRotationOptions> options, TimeProvider time, ILogger<KeyEventStore> logger)
{
    private readonly GatewayTable _table = storage.GetTable("KeyEvents");

    /// <summary>Adds an event. Adding it again changes nothing. What it tells of is done, so a storage that is away fails nothing: the log says so.</summary>
    public async Task AddAsync(KeyEvent happened)
    {
        try
        {
            await _table.TryInsertAsync(KeyEventEntity.From(happened), isSame: null, CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            LogNotStored(logger, happened.Type, happened.KeyId);
        }
    }

    /// <summary>Reads a client's events, the newest first, from the first one after <paramref name="after"/>.</summary>
    public async Task<List<KeyEvent>> ListAsync(string clientId, string? after, int count, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {clientId} and RowKey gt {after ?? ""}");
        return (await _table.QueryAsync<KeyEventEntity>(filter, count, cancellationToken)).ConvertAll(entity => entity.ToEvent());
    }

    /// <summary>Deletes a client's events that are older than the settings say.</summary>
    public Task DeleteForgottenAsync(string clientId, CancellationToken cancellationToken)
    {
        var bound = KeyEventEntity.Bound(time.GetUtcNow() - TimeSpan.FromDays(options.Value.EventRetentionDays));
        return _table.DeleteAllAsync<KeyEventEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {clientId} and RowKey gt {bound}"), deleted: null, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "The event {Event} of key {KeyId} could not be stored")]
    private static partial void LogNotStored(ILogger logger, KeyEventType @event, string keyId);
}
