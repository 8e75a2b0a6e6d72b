using AiFunctions.Gateway.Reviews;
using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.Reviews;

public class ReviewDecisionsTests
{
    private static readonly ReviewSubject Alice = new("alice", ReviewSource.User, new TextFingerprint(1));
    private static readonly ReviewSubject Bob = Alice with { ClientId = "bob" };
    private readonly FakeTimeProvider _time = new();
    private readonly ReviewDecisions _decisions;
    private Func<Task<ReviewStatus>> _read = () => Task.FromResult(ReviewStatus.Pending);
    private int _reads;

    public ReviewDecisionsTests() => _decisions = new ReviewDecisions(
        _ =>
        {
            _reads++;
            return _read();
        },
        _time,
        NullLogger<ReviewDecisions>.Instance);

    [Fact]
    public async Task A_decision_made_elsewhere_is_seen_within_25_seconds_and_one_made_here_at_once()
    {
        Assert.Equal(ReviewStatus.Pending, await FindAsync(Alice));
        _read = () => Task.FromResult(ReviewStatus.Allowed);
        _time.Advance(TimeSpan.FromSeconds(24.9));
        Assert.Equal(ReviewStatus.Pending, await FindAsync(Alice));
        Assert.Equal(1, _reads);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(ReviewStatus.Allowed, await FindAsync(Alice));

        _read = () => Task.FromResult(ReviewStatus.Rejected);
        _decisions.Forget(Bob);
        Assert.Equal(ReviewStatus.Allowed, await FindAsync(Alice));
        _decisions.Forget(Alice);
        Assert.Equal(ReviewStatus.Rejected, await FindAsync(Alice));
    }

    [Fact]
    public async Task Storage_that_fails_is_left_alone_for_5_seconds()
    {
        _read = () => throw new StorageUnavailableException(new IOException());
        Assert.Equal(ReviewStatus.Pending, await FindAsync(Alice));
        Assert.Equal(ReviewStatus.Pending, await FindAsync(Bob));
        Assert.Equal(1, _reads);

        _time.Advance(TimeSpan.FromSeconds(5));
        _read = () => Task.FromResult(ReviewStatus.Allowed);
        Assert.Equal(ReviewStatus.Allowed, await FindAsync(Alice));
        Assert.Equal(ReviewStatus.Allowed, await FindAsync(Bob));
    }

    [Fact]
    public async Task Storage_that_hangs_is_waited_for_a_second_once()
    {
        _read = () => new TaskCompletionSource<ReviewStatus>().Task;
        var waits = FindAsync(Alice);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(waits.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(ReviewStatus.Pending, await waits.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));

        var next = FindAsync(Bob);
        Assert.True(next.IsCompletedSuccessfully);
        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task A_fault_that_is_not_storages_is_not_hidden()
    {
        _read = () => throw new InvalidOperationException();

        await Assert.ThrowsAsync<InvalidOperationException>(() => FindAsync(Alice));
    }

    private Task<ReviewStatus> FindAsync(ReviewSubject subject) => _decisions.FindAsync(subject, TestContext.Current.CancellationToken).AsTask();
}
