using AiFunctions.Gateway.Reviews;
using AiFunctions.Gateway.Tests.Logging;

namespace AiFunctions.Gateway.Tests.Reviews;

public class ReviewQueueTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly ReviewQueue _queue;
    private readonly RecordingLogger<ReviewQueue> _log = new();

    public ReviewQueueTests() => _queue = new ReviewQueue(_log);

    [Fact]
    public async Task Sightings_of_one_text_become_one()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.True(_queue.TryAdd(Sighting(1, i)));
        }

        Assert.True(_queue.TryAdd(Sighting(2, 3)));
        Assert.True(await _queue.WaitAsync());

        var taken = _queue.TakeAll().OrderBy(sighting => sighting.Subject.Fingerprint.Value).ToList();
        Assert.Equal([3, 1], taken.Select(sighting => sighting.Count));
        Assert.Equal((Start, Start.AddSeconds(2), "r2"), (taken[0].FirstSeenAt, taken[0].LastSeenAt, taken[0].RequestId));
        Assert.Empty(_queue.TakeAll());
        Assert.False(_queue.WaitAsync().IsCompleted);
    }

    [Fact]
    public void A_full_queue_drops_what_is_new_says_so_once_and_still_counts_what_it_has()
    {
        for (var i = 0; i < ReviewQueue.Capacity; i++)
        {
            Assert.True(_queue.TryAdd(Sighting(i, 0)));
        }

        Assert.False(_queue.TryAdd(Sighting(ReviewQueue.Capacity, 0)));
        Assert.False(_queue.TryAdd(Sighting(ReviewQueue.Capacity + 1, 0)));
        Assert.True(_queue.TryAdd(Sighting(0, 1)));
        Assert.Single(_log.Entries);

        Assert.Equal(ReviewQueue.Capacity, _queue.TakeAll().Count);
        Assert.True(_queue.TryAdd(Sighting(ReviewQueue.Capacity, 0)));
    }

    [Fact]
    public async Task What_waits_at_the_end_is_still_signalled()
    {
        _queue.TryAdd(Sighting(1, 0));
        _queue.Complete();

        Assert.True(await _queue.WaitAsync());
        Assert.False(await _queue.WaitAsync());
    }

    private static ReviewSighting Sighting(int text, int second) => new()
    {
        Subject = new ReviewSubject("c", ReviewSource.User, new TextFingerprint((UInt128)(uint)text)),
        FirstSeenAt = Start.AddSeconds(second),
        LastSeenAt = Start.AddSeconds(second),
        Count = 1,
        KeyId = "k",
        RequestId = $"r{second}",
        Operation = "ChatCompletions",
        Score = 0.6,
        Reasons = [],
        Verdict = ReviewVerdict.Flagged,
        Characters = 10,
    };
}
