using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.Storage;

public class RecordCacheTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly FakeTimeProvider _time = new();
    private int _reads;

    [Fact]
    public async Task A_record_is_read_once_until_it_is_too_old()
    {
        var cache = new RecordCache<string>(_time, TimeSpan.FromSeconds(25), capacity: 10);

        Assert.Equal("a1", await cache.GetAsync("a", ReadAsync, None));
        _time.Advance(TimeSpan.FromSeconds(24.9));
        Assert.Equal("a1", await cache.GetAsync("a", ReadAsync, None));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("a2", await cache.GetAsync("a", ReadAsync, None));
    }

    [Fact]
    public async Task Age_counts_from_the_start_of_the_reading()
    {
        var cache = new RecordCache<string>(_time, TimeSpan.FromSeconds(25), capacity: 10);
        var slow = new TaskCompletionSource<string?>();

        var first = cache.GetAsync("a", _ => slow.Task, None);
        _time.Advance(TimeSpan.FromSeconds(20));
        slow.SetResult("old");
        Assert.Equal("old", await first);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("a1", await cache.GetAsync("a", ReadAsync, None));
    }

    [Fact]
    public async Task Callers_at_once_share_one_reading_and_one_that_gives_up_does_not_end_it()
    {
        var cache = new RecordCache<string>(_time, TimeSpan.FromSeconds(25), capacity: 10);
        var slow = new TaskCompletionSource<string?>();
        using var impatient = new CancellationTokenSource();

        var first = cache.GetAsync("a", _ => slow.Task, impatient.Token).AsTask();
        var second = cache.GetAsync("a", ReadAsync, None).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        slow.SetResult("shared");

        Assert.Equal("shared", await second);
        Assert.Equal(0, _reads);
    }

    [Fact]
    public async Task Neither_failures_nor_absences_are_kept()
    {
        var cache = new RecordCache<string>(_time, TimeSpan.FromSeconds(25), capacity: 10);

        await Assert.ThrowsAsync<InvalidOperationException>(() => cache.GetAsync("a", _ => throw new InvalidOperationException(), None).AsTask());
        Assert.Null(await cache.GetAsync("a", _ => Task.FromResult<string?>(null), None));
        Assert.Equal("a1", await cache.GetAsync("a", ReadAsync, None));
    }

    [Fact]
    public async Task A_reading_that_began_before_a_change_does_not_come_back_after_it()
    {
        var cache = new RecordCache<string>(_time, TimeSpan.FromSeconds(25), capacity: 10);
        var slow = new TaskCompletionSource<string?>();

        var before = cache.GetAsync("a", _ => slow.Task, None).AsTask();
        cache.RemoveWhere(key => key == "a");
        slow.SetResult("stale");
        Assert.Equal("stale", await before);

        Assert.Equal("a1", await cache.GetAsync("a", ReadAsync, None));
    }

    [Fact]
    public async Task It_never_holds_more_than_its_capacity()
    {
        var cache = new RecordCache<string>(_time, TimeSpan.FromSeconds(25), capacity: 10);
        for (var i = 0; i < 1000; i++)
        {
            await cache.GetAsync($"k{i}", ReadAsync, None);
        }

        var kept = 0;
        cache.RemoveWhere(_ => ++kept > 0);
        Assert.InRange(kept, 1, 10);
    }

    private Task<string?> ReadAsync(string key) => Task.FromResult<string?>($"{key}{++_reads}");
}
