using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.KeyRotation.Ring;

/// <summary>An element of the ring: partition key = <see cref="Partition"/>, row key = the name that Data Protection gives it.</summary>
internal sealed class RingElementEntity() : StoredEntity(partitionKey: Partition)
{
    public const string Partition = "ring";

    public string Xml { get; set; } = "";
}
