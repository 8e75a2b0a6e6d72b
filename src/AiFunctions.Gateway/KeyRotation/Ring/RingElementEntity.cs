using Azure;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.KeyRotation.Ring;

/// <summary>An element of the ring: partition key = <see cref="Partition"/>, row key = the name that Data Protection gives it.</summary>
internal sealed class RingElementEntity : ITableEntity
{
    public const string Partition = "ring";

    public string PartitionKey { get; set; } = Partition;

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public string Xml { get; set; } = "";
}
