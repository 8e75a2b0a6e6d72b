using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.Reviews;

/// <summary>What operators have decided, from records at most 25 s old: a decision holds everywhere within 30 s.</summary>
/// <remarks>
/// Asked for suspicious texts only. When storage does not answer, nothing is known and the score decides; then it is left alone for
/// a few seconds, so that an outage does not slow every suspicious request down.
/// </remarks>
internal sealed partial class ReviewDecisions(Func<ReviewSubject, Task<ReviewStatus>> read, TimeProvider time, ILogger<ReviewDecisions> logger)
{
    private const int Capacity = 20_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromSeconds(5);

    private readonly RecordCache<Record> _records = new(time, RecordAge.Most, Capacity);
    private long _failedAt;

    /// <summary>What was decided about a text; <see cref="ReviewStatus.Pending"/> when nothing was, or when that cannot be known now.</summary>
    public async ValueTask<ReviewStatus> FindAsync(ReviewSubject subject, CancellationToken cancellationToken)
    {
        var failedAt = Interlocked.Read(ref _failedAt);
        if (failedAt != 0 && time.GetElapsedTime(failedAt) < RestAfterFailure)
        {
            return ReviewStatus.Pending;
        }

        try
        {
            var record = await _records.GetAsync(KeyOf(subject), async _ => new Record(await read(subject)), cancellationToken)
                .AsTask().WaitAsync(LongestWait, time, cancellationToken);
            Interlocked.Exchange(ref _failedAt, 0);
            return record!.Status;
        }
        catch (Exception e) when (e is StorageUnavailableException or TimeoutException)
        {
            if (Interlocked.Exchange(ref _failedAt, Math.Max(1, time.GetTimestamp())) == 0)
            {
                LogNotRead(logger, e.GetType().Name);
            }

            return ReviewStatus.Pending;
        }
    }

    /// <summary>Makes a decision seen at once by this instance.</summary>
    public void Forget(ReviewSubject subject)
    {
        var decided = KeyOf(subject);
        _records.RemoveWhere(key => key == decided);
    }

    private static string KeyOf(ReviewSubject subject) => $"{subject.ClientId}/{subject.TextId}";

    [LoggerMessage(LogLevel.Warning, "The decisions on reviews cannot be read ({Fault}); until they can, suspicious prompts go by their score")]
    private static partial void LogNotRead(ILogger logger, string fault);

    private sealed record Record(ReviewStatus Status);
}
