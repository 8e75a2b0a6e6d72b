using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.KeyRotation.Use;

/// <summary>The last day on which a key was used: partition key = client id, row key = key id.</summary>
/// <remarks>Not in the key's own row: a write there would be in the way of those that matter.</remarks>
internal sealed class KeyUseEntity : ITableEntity
{
    public const string DayFormat = "yyyy-MM-dd";

    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public string LastUsedOn { get; set; } = "";

    public static string Format(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);
}
