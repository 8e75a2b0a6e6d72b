using Azure;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.AnomalyDetection;

/// <summary>Leads from a client and a kind to the last anomaly of the two: partition <c>last</c>, row key = client id and kind.</summary>
internal sealed class AnomalyPointerEntity : ITableEntity
{
    public const string Partition = "last";

    public string PartitionKey { get; set; } = Partition;

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public string AnomalyId { get; set; } = "";
}
