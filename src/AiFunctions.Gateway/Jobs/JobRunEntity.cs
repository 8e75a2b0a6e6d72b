using Azure;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Jobs;

/// <summary>The last occurrence of a job's schedule that somebody has taken: partition key = <see cref="Partition"/>, row key = the job's name.</summary>
internal sealed class JobRunEntity : ITableEntity
{
    public const string Partition = "job";

    public string PartitionKey { get; set; } = Partition;

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public DateTimeOffset TakenAt { get; set; }
}
