using System.Globalization;
using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.KeyRotation.Use;

/// <summary>The table of keys' last days of use.</summary>
internal sealed class KeyUseStore(TableStorage storage)
{
    private readonly GatewayTable _table = storage.GetTable("KeyUse");

    /// <summary>Notes a use. The day never goes back.</summary>
    public Task NoteAsync(KeyUse use, CancellationToken cancellationToken)
    {
        var day = KeyUseEntity.Format(use.Day);
        return _table.ChangeAsync<KeyUseEntity>(
            use.ClientId,
            use.KeyId,
            stored => stored is not null && string.CompareOrdinal(stored.LastUsedOn, day) >= 0
                ? null
                : new KeyUseEntity { PartitionKey = use.ClientId, RowKey = use.KeyId, LastUsedOn = day },
            isSame: null,
            cancellationToken);
    }

    /// <summary>The last day of each of a client's keys that has been used, by key id, from one key id to another.</summary>
    public async Task<Dictionary<string, string>> ListAsync(string clientId, string from, string to, int count, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {clientId} and RowKey ge {from} and RowKey le {to}");
        return (await _table.QueryAsync<KeyUseEntity>(filter, count, cancellationToken)).ToDictionary(entity => entity.RowKey, entity => entity.LastUsedOn);
    }

    /// <summary>The last day on which a key was used: partition key = client id, row key = key id.</summary>
    /// <remarks>Not in the key's own row: a write there would be in the way of those that matter.</remarks>
    private sealed class KeyUseEntity : StoredEntity
    {
        public const string DayFormat = "yyyy-MM-dd";

        public string LastUsedOn { get; set; } = "";

        public static string Format(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);
    }
}
