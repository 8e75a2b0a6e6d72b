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
        while (true)
        {
            var entity = await _table.FindAsync<JobRunEntity>(JobRunEntity.Partition, job, cancellationToken);
            if (entity is not null && entity.TakenAt >= occurrence && IsCredible(entity, now))
            {
                return false;
            }

            var taken = new JobRunEntity { RowKey = job, TakenAt = now, ETag = entity?.ETag ?? default };
            if ((entity is null
                ? await _table.TryInsertAsync(taken, isSame: null, cancellationToken)
                : await _table.TryReplaceAsync(taken, cancellationToken)) is not null)
            {
                return true;
            }
        }
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
}
