using System.Globalization;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>A client's counters as they are stored: partition key = client id.</summary>
internal sealed class CounterEntity() : StoredEntity(rowKey: Row)
{
    public const string Row = "counters";

    public long Minute { get; set; }

    public long Day { get; set; }

    public long RequestsInMinute { get; set; }

    public long RequestsInDay { get; set; }

    public long TokensInMinute { get; set; }

    public long TokensInDay { get; set; }

    /// <summary>The slots' holders: <c>instance,slots,expiry</c> in milliseconds since 1970, parted by semicolons.</summary>
    public string Holders { get; set; } = "";

    /// <summary>Names the last write.</summary>
    public string WriteId { get; set; } = "";

    public static CounterEntity From(string clientId, CounterState state) => new()
    {
        PartitionKey = clientId,
        Minute = state.Windows[(int)LimitKind.RequestsPerMinute],
        Day = state.Windows[(int)LimitKind.RequestsPerDay],
        RequestsInMinute = state.Taken[(int)LimitKind.RequestsPerMinute],
        RequestsInDay = state.Taken[(int)LimitKind.RequestsPerDay],
        TokensInMinute = state.Taken[(int)LimitKind.TokensPerMinute],
        TokensInDay = state.Taken[(int)LimitKind.TokensPerDay],
        WriteId = state.WriteId,
        Holders = string.Join(';', state.Holders.Select(holder =>
            string.Create(CultureInfo.InvariantCulture, $"{holder.Instance},{holder.Slots},{holder.ExpiresAt.ToUnixTimeMilliseconds()}"))),
    };

    public CounterState ToState() => new()
    {
        Windows = [Minute, Day, Minute, Day],
        Taken = [RequestsInMinute, RequestsInDay, TokensInMinute, TokensInDay],
        WriteId = WriteId,
        Holders =
        [
            .. Holders.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(holder => holder.Split(',')).Select(parts => new SlotHolder(
                parts[0],
                long.Parse(parts[1], CultureInfo.InvariantCulture),
                DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(parts[2], CultureInfo.InvariantCulture)))),
        ],
    };
}
