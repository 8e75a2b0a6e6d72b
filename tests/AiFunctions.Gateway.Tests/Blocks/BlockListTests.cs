using AiFunctions.Gateway.Blocks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.Blocks;

public class BlockListTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly IOptions<AbuseBlockingOptions> _options = Options.Create(new AbuseBlockingOptions { Violations = 2, LongestBlockSeconds = 100 });
    private readonly ViolationCounter _violations;
    private readonly BlockList _list;
    private readonly List<Block> _table = [];
    private Func<Task<List<Block>>> _read;
    private int _reads;

    public BlockListTests()
    {
        _read = () => Task.FromResult(_table.ToList());
        _violations = new ViolationCounter(_options, _time);
        _list = new BlockList(
            () =>
            {
                _reads++;
                return _read();
            },
            _violations,
            new BlockSchedule(_options),
            _time,
            NullLogger<BlockList>.Instance);
    }

    [Fact]
    public void The_first_request_waits_for_the_first_reading()
    {
        var slow = Slow();

        var first = Recent();
        Assert.False(first.IsCompleted);
        Assert.False(Recent().IsCompleted);
        slow.SetResult([Stored(Subjects.Alice)]);

        Assert.True(SpinWait.SpinUntil(() => first.IsCompleted, TimeSpan.FromSeconds(5)));
        Assert.NotNull(_list.Find(Subjects.Alice));
        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task The_table_is_read_every_15_seconds_while_requests_come_and_never_without()
    {
        await Recent();
        _time.Advance(TimeSpan.FromSeconds(14.9));
        await Recent();
        Assert.Equal(1, _reads);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        await Recent();
        Assert.Equal(2, _reads);

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task A_reading_is_not_waited_for_until_the_last_one_is_25_seconds_old()
    {
        await Recent();
        var slow = Slow();
        _time.Advance(TimeSpan.FromSeconds(24));
        Assert.True(Recent().IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));
        var waits = Recent();
        Assert.False(waits.IsCompleted);
        slow.SetResult([Stored(Subjects.Alice)]);
        await waits.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        Assert.NotNull(_list.Find(Subjects.Alice));
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task Storage_that_hangs_delays_requests_for_2_seconds_once_and_what_is_known_still_holds()
    {
        _table.Add(Stored(Subjects.Alice));
        await Recent();
        Slow();
        _time.Advance(TimeSpan.FromSeconds(30));

        var waits = Recent();
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(waits.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await waits.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        Assert.True(Recent().IsCompletedSuccessfully);
        Assert.NotNull(_list.Find(Subjects.Alice));
    }

    [Fact]
    public async Task Storage_that_fails_is_asked_every_5_seconds_and_fails_no_request()
    {
        _read = () => throw new IOException("away");
        await Recent();
        await Recent();
        Assert.Equal(1, _reads);
        Assert.Null(_list.Find(Subjects.Alice));

        _time.Advance(TimeSpan.FromSeconds(5));
        _read = () => Task.FromResult<List<Block>>([Stored(Subjects.Alice)]);
        await Recent();
        Assert.Equal(2, _reads);
        Assert.NotNull(_list.Find(Subjects.Alice));
    }

    [Fact]
    public async Task A_block_ends_by_itself()
    {
        _table.Add(Stored(Subjects.Alice, seconds: 10));
        await Recent();
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.NotNull(_list.Find(Subjects.Alice));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(_list.Find(Subjects.Alice));
        Assert.NotNull(_list.FindLast(Subjects.Alice));
    }

    [Fact]
    public async Task A_block_that_was_lifted_elsewhere_ends_here_and_its_violations_are_forgotten()
    {
        _table.Add(Stored(Subjects.Alice));
        await Recent();
        _violations.Add(Subjects.Alice, ViolationKind.Limit);
        _table.Clear();
        _time.Advance(TimeSpan.FromSeconds(15));
        await Recent();

        Assert.Null(_list.Find(Subjects.Alice));
        Assert.False(_violations.Add(Subjects.Alice, ViolationKind.Limit));
    }

    [Fact]
    public async Task A_block_of_our_own_outlives_readings_until_it_is_stored_and_then_follows_the_table()
    {
        await Recent();
        var made = Stored(Subjects.Alice) with { IsStored = false };
        Assert.True(_list.TryAdd(made));
        _time.Advance(TimeSpan.FromSeconds(15));
        await Recent();
        Assert.Same(made, _list.Find(Subjects.Alice));

        _list.Replace(made, made with { IsStored = true });
        _time.Advance(TimeSpan.FromSeconds(15));
        await Recent();
        Assert.Null(_list.Find(Subjects.Alice));
    }

    [Fact]
    public async Task A_reading_that_began_before_a_change_does_not_undo_it()
    {
        _table.Add(Stored(Subjects.Alice));
        await Recent();
        var slow = Slow();
        _time.Advance(TimeSpan.FromSeconds(15));
        await Recent();
        _list.Remove(Subjects.Alice);
        _list.Set(Stored(Subjects.Bob));
        slow.SetResult([Stored(Subjects.Alice)]);

        Assert.Null(_list.Find(Subjects.Alice));
        Assert.NotNull(_list.Find(Subjects.Bob));
    }

    [Fact]
    public async Task What_was_lifted_before_it_was_stored_stays_lifted()
    {
        await Recent();
        var made = Stored(Subjects.Alice) with { IsStored = false };
        _list.TryAdd(made);
        Assert.True(_list.Remove(Subjects.Alice));
        _list.Replace(made, made with { IsStored = true });

        Assert.False(_list.IsCurrent(made));
        Assert.Null(_list.Find(Subjects.Alice));
    }

    [Fact]
    public async Task Addresses_beyond_the_capacity_are_not_blocked_but_clients_are()
    {
        await Recent();
        for (var i = 0; i < BlockList.Most; i++)
        {
            Assert.True(_list.TryAdd(Stored(Subjects.Address(i), seconds: 10)));
        }

        Assert.False(_list.TryAdd(Stored(Subjects.Address(-1))));
        Assert.True(_list.TryAdd(Stored(Subjects.Alice)));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(_list.TryAdd(Stored(Subjects.Address(-1))));
    }

    private Task Recent() => _list.EnsureRecentAsync(TestContext.Current.CancellationToken).AsTask();

    private TaskCompletionSource<List<Block>> Slow()
    {
        var slow = new TaskCompletionSource<List<Block>>();
        _read = () => slow.Task;
        return slow;
    }

    private Block Stored(BlockSubject subject, int seconds = 60) => new()
    {
        Subject = subject,
        CreatedAt = _time.GetUtcNow(),
        ExpiresAt = _time.GetUtcNow() + TimeSpan.FromSeconds(seconds),
        Count = 1,
        IsStored = true,
    };
}
