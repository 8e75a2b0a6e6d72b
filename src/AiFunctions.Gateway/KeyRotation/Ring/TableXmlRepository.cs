using System.Xml.Linq;
using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace AiFunctions.Gateway.KeyRotation.Ring;

/// <summary>Keeps the ring in a table, for all instances.</summary>
/// <remarks>Data Protection asks for it synchronously, some times a day; there is no synchronisation context that could wait for itself.</remarks>
internal sealed class TableXmlRepository(TableStorage storage) : IXmlRepository
{
    private const int MostElements = 1000; // A key lives for 90 days.
    private readonly GatewayTable _table = storage.GetTable("KeyRing");

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {RingElementEntity.Partition}");
        return _table.QueryAsync<RingElementEntity>(filter, MostElements, CancellationToken.None).GetAwaiter().GetResult()
            .ConvertAll(entity => XElement.Parse(entity.Xml));
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        var entity = new RingElementEntity { RowKey = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) };
        _ = _table.TryInsertAsync(entity, same => same.Xml == entity.Xml, CancellationToken.None).GetAwaiter().GetResult()
            ?? throw new InvalidOperationException("The ring has another element of that name.");
    }

    /// <summary>An element of the ring: partition key = <see cref="Partition"/>, row key = the name that Data Protection gives it.</summary>
    private sealed class RingElementEntity() : StoredEntity(partitionKey: Partition)
    {
        public const string Partition = "ring";

        public string Xml { get; set; } = "";
    }
}
