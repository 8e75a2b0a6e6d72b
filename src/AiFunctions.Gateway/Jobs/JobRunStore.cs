using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.Jobs;

/// <summary>Lets one instance take each occurrence of a schedule, and remembers it over restarts.</summary>
internal sealed class JobRunStore(TableStorage storage)
{
    // What a clock that was set wrong for a while has written must not stop the job for as long as that clock was ahead.
    private static readonly TimeSpan LargestClockDifference = TimeSpan.FromHours(1);

    private readonly GatewayTable _table = storage.GetTable("Jobs");

    /// <summary>Takes an occurrence, and with it all that were missed until now.</summary>
    /// <returns>False when it, or a later one, has been taken.</returns>
    public async Task<bool> TryTakeAsync(string job, DateTimeOffset occurrence, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var isTaken = false;
        await _table.ChangeAsync<JobRunEntity>(
            JobRunEntity.Partition,
            job,
            stored =>
            {
                isTaken = stored is null || stored.TakenAt < occurrence || !IsCredible(stored, now);
                return isTaken ? new JobRunEntity { RowKey = job, TakenAt = now } : null;
            },
            isSame: null,
            cancellationToken);
        return isTaken;
    }

    /// <summary>The last occurrence that was taken; from the first call on there is one, so that what is missed later is known as missed.</summary>
    public async Task<DateTimeOffset> LastTakenAsync(string job, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await _table.FindAsync<JobRunEntity>(JobRunEntity.Partition, job, cancellationToken) is { } known)
        {
            return IsCredible(known, now) ? known.TakenAt : now;
        }

        await _table.TryInsertAsync(new JobRunEntity { RowKey = job, TakenAt = now }, isSame: null, cancellationToken);
        return now;
    }

    private static bool IsCredible(JobRunEntity run, DateTimeOffset now) => run.TakenAt - now <= LargestClockDifference;

    /// <summary>The last occurrence of a job's schedule that somebody has taken: partition key = <see cref="Partition"/>, row key = the job's name.</summary>
    private sealed class JobRunEntity() : StoredEntity(partitionKey: Partition)
    {
        public const string Partition = "job";

        public DateTimeOffset TakenAt { get; set; }
    }
}
