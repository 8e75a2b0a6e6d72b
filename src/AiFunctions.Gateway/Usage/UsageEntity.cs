using System.Globalization;
using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.Usage;

/// <summary>
/// What one instance counted for one client in one hour. Partition key = day (<c>yyyyMMdd</c>, UTC); row key = client, hour and writer
/// (<c>client-HH-writer</c>). Only its writer writes it, each time whole, so a write that is tried again changes nothing.
/// </summary>
internal sealed class UsageEntity : StoredEntity
{
    /// <summary>Stands in place of a client's id for callers who showed no good credential. No id has such a character.</summary>
    public const string Anonymous = "_";

    /// <summary>A day as the partition key writes it.</summary>
    public const string DayFormat = "yyyyMMdd";

    public long Requests { get; set; }

    public long InputTokens { get; set; }

    public long OutputTokens { get; set; }

    public long Errors { get; set; }

    /// <summary>Refused requests by error code: <c>invalid_json=2,requests_per_minute=7</c>.</summary>
    public string Rejections { get; set; } = "";

    /// <summary>The client's id, or <see cref="Anonymous"/>.</summary>
    public string ClientId() => RowKey[..RowKey.IndexOf('-', StringComparison.Ordinal)];

    /// <summary>The day.</summary>
    public DateOnly Day() => DateOnly.ParseExact(PartitionKey, DayFormat, CultureInfo.InvariantCulture);

    /// <summary>The partition of a day.</summary>
    public static string PartitionOf(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);

    /// <summary>An entity without counts.</summary>
    /// <param name="hour">The hour.</param>
    /// <param name="client">The client's id, or <see cref="Anonymous"/>.</param>
    /// <param name="writer">What no other writer, here or elsewhere, has as its name.</param>
    public static UsageEntity For(DateTime hour, string client, string writer) => new()
    {
        PartitionKey = PartitionOf(DateOnly.FromDateTime(hour)),
        RowKey = string.Create(CultureInfo.InvariantCulture, $"{client}-{hour:HH}-{writer}"),
    };
}
