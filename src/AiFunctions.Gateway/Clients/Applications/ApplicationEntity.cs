using Azure;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Clients.Applications;

/// <summary>Which client an application's tokens stand for: partition key = the application's id, in the clients' table.</summary>
internal sealed class ApplicationEntity : ITableEntity
{
    public const string Row = "application";

    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = Row;

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public string ClientId { get; set; } = "";
}
