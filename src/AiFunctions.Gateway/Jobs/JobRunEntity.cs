using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.Jobs;

/// <summary>The last occurrence of a job's schedule that somebody has taken: partition key = <see cref="Partition"/>, row key = the job's name.</summary>
internal sealed class JobRunEntity() : StoredEntity(partitionKey: Partition)
{
    public const string Partition = "job";

    public DateTimeOffset TakenAt { get; set; }
}
