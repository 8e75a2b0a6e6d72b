using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.AnomalyDetection;

/// <summary>Leads from a client and a kind to the last anomaly of the two: partition <c>last</c>, row key = client id and kind.</summary>
internal sealed class AnomalyPointerEntity() : StoredEntity(partitionKey: Partition)
{
    public const string Partition = "last";

    public string AnomalyId { get; set; } = "";
}
