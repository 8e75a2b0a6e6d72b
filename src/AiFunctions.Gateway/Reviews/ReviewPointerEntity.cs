using Azure;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Reviews;

/// <summary>Says which review is about a text: partition key = client id, row key = the text's id. Written once, before the review itself.</summary>
internal sealed class ReviewPointerEntity : ITableEntity
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public string ReviewId { get; set; } = "";
}
