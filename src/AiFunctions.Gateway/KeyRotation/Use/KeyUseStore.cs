using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.KeyRotation.Use;

/// <summary>The table of keys' last days of use.</summary>
internal sealed class KeyUseStore(TableStorage storage)
{
    private readonly GatewayTable _table = storage.GetTable("KeyUse");

    /// <summary>Notes a use. The day never goes back.</summary>
    public async Task NoteAsync(KeyUse use, CancellationToken cancellationToken)
    {
        var day = KeyUseEntity.Format(use.Day);
        while (true)
        {
            var entity = await _table.FindAsync<KeyUseEntity>(use.ClientId, use.KeyId, cancellationToken);
            if (entity is not null && string.CompareOrdinal(entity.LastUsedOn, day) >= 0)
            {
                return;
            }

            var noted = new KeyUseEntity { PartitionKey = use.ClientId, RowKey = use.KeyId, LastUsedOn = day, ETag = entity?.ETag ?? default };
            if ((entity is null
                ? await _table.TryInsertAsync(noted, isSame: null, cancellationToken)
                : await _table.TryReplaceAsync(noted, cancellationToken)) is not null)
            {
                return;
            }
        }
    }

    /// <summary>The last day of each of a client's keys that has been used, by key id, from one key id to another.</summary>
    public async Task<Dictionary<string, string>> ListAsync(string clientId, string from, string to, int count, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {clientId} and RowKey ge {from} and RowKey le {to}");
        return (await _table.QueryAsync<KeyUseEntity>(filter, count, cancellationToken)).ToDictionary(entity => entity.RowKey, entity => entity.LastUsedOn);
    }
}
