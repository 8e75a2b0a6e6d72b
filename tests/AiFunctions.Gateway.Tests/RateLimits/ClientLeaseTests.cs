using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Tiers;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.RateLimits;

public class ClientLeaseTests
{
    private static readonly EffectiveLimits Limits = new(3, 5, 100, 150, 2, 0, 1000, 100);
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 20, 500, TimeSpan.Zero));
    private readonly ImmediateStore _store = new();

    [Fact]
    public async Task The_limit_is_admitted_exactly_and_the_denial_ends_with_the_window()
    {
        var lease = NewLease();
        for (var i = 0; i < 3; i++)
        {
            Assert.Null((await lease.AdmitAsync(Limits, None)).Denial);
            lease.Release();
        }

        var denial = (await lease.AdmitAsync(Limits, None)).Denial!.Value;
        Assert.Equal(LimitKind.RequestsPerMinute, denial.Kind);
        Assert.Equal(40, RateLimitErrors.For(denial, _time.GetUtcNow()).RetryAfterSeconds); // 39.5 s, and no second too early

        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.Null((await lease.AdmitAsync(Limits, None)).Denial);
    }

    [Fact]
    public async Task The_day_is_named_where_the_minute_would_only_lead_to_it()
    {
        var lease = NewLease();
        for (var i = 0; i < 5; i++)
        {
            Assert.Null((await lease.AdmitAsync(Limits, None)).Denial);
            lease.Release();
            _time.Advance(TimeSpan.FromSeconds(25));
        }

        var denial = (await lease.AdmitAsync(Limits, None)).Denial!.Value;
        Assert.Equal(LimitKind.RequestsPerDay, denial.Kind);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero), denial.Until);
    }

    [Fact]
    public async Task Slots_are_limited_and_come_back()
    {
        var lease = NewLease();
        Assert.Null((await lease.AdmitAsync(Limits, None)).Denial);
        Assert.Null((await lease.AdmitAsync(Limits, None)).Denial);
        Assert.Equal(LimitKind.ConcurrentRequests, (await lease.AdmitAsync(Limits, None)).Denial!.Value.Kind);

        lease.Release();
        Assert.Null((await lease.AdmitAsync(Limits, None)).Denial);
    }

    [Fact]
    public async Task A_queued_request_gets_the_slot_that_is_released_and_the_queue_is_bounded()
    {
        var queueing = Limits with { QueuedRequests = 1, ConcurrentRequests = 1 };
        var lease = NewLease();
        Assert.Null((await lease.AdmitAsync(queueing, None)).Denial);

        var queued = lease.AdmitAsync(queueing, None).AsTask();
        Assert.False(queued.IsCompleted);
        Assert.Equal(LimitKind.ConcurrentRequests, (await lease.AdmitAsync(queueing, None)).Denial!.Value.Kind);
        lease.Release();

        Assert.Null((await queued).Denial);
    }

    [Fact]
    public async Task A_caller_that_leaves_the_queue_leaves_no_trace()
    {
        var queueing = Limits with { QueuedRequests = 1, ConcurrentRequests = 1 };
        var lease = NewLease();
        Assert.Null((await lease.AdmitAsync(queueing, None)).Denial);
        using var leaving = new CancellationTokenSource();
        var queued = lease.AdmitAsync(queueing, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);

        lease.Release();
        Assert.Null((await lease.AdmitAsync(queueing, None)).Denial);
    }

    [Fact]
    public async Task Tokens_not_used_can_be_used_again_and_those_used_beyond_are_owed()
    {
        var lease = NewLease();
        await lease.AdmitAsync(Limits, None);
        var (first, denied) = await lease.ReserveAsync(Limits, 90, None);
        Assert.Null(denied);
        Assert.Equal(LimitKind.TokensPerMinute, (await lease.ReserveAsync(Limits, 20, None)).Denial!.Value.Kind);

        lease.Settle(first, 30);
        var (second, again) = await lease.ReserveAsync(Limits, 60, None);
        Assert.Null(again);
        lease.Settle(second, 69); // 99 in all
        Assert.Null((await lease.ReserveAsync(Limits, 1, None)).Denial);
        Assert.NotNull((await lease.ReserveAsync(Limits, 1, None)).Denial);
    }

    [Fact]
    public async Task What_lies_idle_goes_back_for_others_to_take()
    {
        var generous = Limits with { RequestsPerMinute = 100, RequestsPerDay = 100 };
        var first = NewLease("a");
        for (var i = 0; i < 10; i++)
        {
            await first.AdmitAsync(generous, None);
            first.Release();
        }

        _time.Advance(ClientLease.IdleTime);
        Assert.False(await first.TickAsync(stopping: false, None));

        Assert.Equal(10, _store.State!.Taken[(int)LimitKind.RequestsPerMinute]);
        Assert.Empty(_store.State.Holders);
    }

    [Fact]
    public async Task A_slot_of_a_killed_instance_comes_back_after_its_claim_and_the_clocks_difference()
    {
        var one = Limits with { ConcurrentRequests = 1 };
        Assert.Null((await NewLease("killed").AdmitAsync(one, None)).Denial);
        var other = NewLease("other");

        _time.Advance(ClientLease.ClaimLifetime + CounterState.ClockSkew - (2 * ClientLease.LongestReturnTime));
        var early = other.AdmitAsync(one, None).AsTask(); // waits for a while, for the slot might be idle
        await LetTimePassAsync(early);
        Assert.NotNull((await early).Denial);
        _time.Advance(2 * ClientLease.LongestReturnTime);
        Assert.Null((await other.AdmitAsync(one, None)).Denial);
    }

    [Fact]
    public async Task A_lower_limit_holds_at_once_for_what_was_leased_under_the_higher()
    {
        var high = Limits with { RequestsPerMinute = 100, RequestsPerDay = 1000 };
        var lease = NewLease();
        for (var i = 0; i < 10; i++)
        {
            Assert.Null((await lease.AdmitAsync(high, None)).Denial);
            lease.Release();
        }

        Assert.Equal(LimitKind.RequestsPerMinute, (await lease.AdmitAsync(high with { RequestsPerMinute = 10 }, None)).Denial!.Value.Kind);
        Assert.Null((await lease.AdmitAsync(high, None)).Denial);
    }

    [Fact]
    public async Task Without_storage_requests_are_refused_or_counted_here_as_the_policy_says()
    {
        _store.Down = true;
        await Assert.ThrowsAsync<StorageUnavailableException>(() => NewLease().AdmitAsync(Limits, None).AsTask());

        var lease = NewLease(policy: StorageFailurePolicy.AllowLocal);
        for (var i = 0; i < 3; i++)
        {
            Assert.Null((await lease.AdmitAsync(Limits, None)).Denial);
            lease.Release();
        }

        Assert.Equal(LimitKind.RequestsPerMinute, (await lease.AdmitAsync(Limits, None)).Denial!.Value.Kind);

        // When it is back, it learns of them.
        _store.Down = false;
        _time.Advance(ClientLease.IdleTime);
        await lease.TickAsync(stopping: false, None);
        Assert.Equal(3, _store.State!.Taken[(int)LimitKind.RequestsPerMinute]);
        Assert.Equal(3, _store.State.Taken[(int)LimitKind.RequestsPerDay]);
    }

    [Fact]
    public async Task What_was_counted_here_is_recorded_while_requests_still_come()
    {
        _store.Down = true;
        var lease = NewLease(policy: StorageFailurePolicy.AllowLocal);
        Assert.Null((await lease.AdmitAsync(Limits, None)).Denial);
        _store.Down = false;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null((await lease.AdmitAsync(Limits, None)).Denial); // not idle
        await lease.TickAsync(stopping: false, None);

        Assert.Equal(2, _store.State!.Taken[(int)LimitKind.RequestsPerMinute]);
        lease.Release();
        Assert.Null((await lease.AdmitAsync(Limits, None)).Denial);
        Assert.Equal(LimitKind.RequestsPerMinute, (await lease.AdmitAsync(Limits, None)).Denial!.Value.Kind);
        Assert.Equal(3, _store.State!.Taken[(int)LimitKind.RequestsPerMinute]);
    }

    [Fact]
    public async Task A_store_that_hangs_holds_up_nobody_where_requests_are_counted_here()
    {
        var lease = NewLease(policy: StorageFailurePolicy.AllowLocal);
        _store.Down = true;
        Assert.Null((await lease.AdmitAsync(Limits, None)).Denial);
        _store.Hangs = new TaskCompletionSource(); // from now on no call ends
        _time.Advance(TimeSpan.FromSeconds(10));
        var tick = lease.TickAsync(stopping: false, None);
        Assert.False(tick.IsCompleted);

        Assert.True(lease.AdmitAsync(Limits, None).AsTask().IsCompletedSuccessfully);
        Assert.True(lease.ReserveAsync(Limits, 10, None).AsTask().IsCompletedSuccessfully);
        Assert.True(lease.RefreshAsync(onlyIfNever: false, None).AsTask().IsCompletedSuccessfully);

        _store.Hangs.SetResult();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => tick);
    }

    [Fact]
    public async Task Counters_that_are_too_contended_are_no_outage()
    {
        var lease = new ClientLease("client", "one", new ContendedStore(), _time, StorageFailurePolicy.AllowLocal);
        var admission = lease.AdmitAsync(Limits, None).AsTask();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => LetTimePassAsync(admission));
    }

    [Fact]
    public async Task A_write_that_was_done_and_never_answered_is_recognised()
    {
        var lease = NewLease();
        _store.LosesAnswers = true;
        await Assert.ThrowsAsync<StorageUnavailableException>(() => lease.AdmitAsync(Limits, None).AsTask());
        _store.LosesAnswers = false;
        _time.Advance(TimeSpan.FromSeconds(2));

        for (var i = 0; i < 3; i++)
        {
            Assert.Null((await lease.AdmitAsync(Limits, None)).Denial); // the first with the unit that was taken by then
            lease.Release();
        }

        Assert.NotNull((await lease.AdmitAsync(Limits, None)).Denial);
    }

    [Fact]
    public async Task What_was_counted_here_is_not_recorded_twice()
    {
        var generous = Limits with { RequestsPerMinute = 100, RequestsPerDay = 100 };
        var lease = NewLease(policy: StorageFailurePolicy.AllowLocal);
        _store.Down = true;
        await lease.AdmitAsync(generous, None);
        lease.Release();
        _store.Down = false;
        _store.LosesAnswers = true;
        await Assert.ThrowsAsync<StorageUnavailableException>(() => lease.TickAsync(stopping: false, None)); // recorded, but it does not know
        _store.LosesAnswers = false;

        await lease.TickAsync(stopping: false, None);
        _time.Advance(ClientLease.IdleTime);
        await lease.TickAsync(stopping: false, None);

        Assert.Equal(1, _store.State!.Taken[(int)LimitKind.RequestsPerMinute]);
    }

    [Fact]
    public async Task A_write_that_was_done_after_all_adds_nothing_to_what_was_counted_here()
    {
        var thirty = Limits with { RequestsPerMinute = 30, RequestsPerDay = 1000, ConcurrentRequests = 100 };
        var lease = NewLease(policy: StorageFailurePolicy.AllowLocal);
        var admitted = 0;
        await AdmitAsync(5);
        _store.LosesAnswers = true;
        await AdmitAsync(1); // its write is done and never answered
        _store.Down = true;
        await AdmitAsync(40); // from here on it counts for itself
        (_store.LosesAnswers, _store.Down) = (false, false);
        await lease.TickAsync(stopping: false, None);
        await AdmitAsync(40);

        Assert.InRange(admitted, 25, 30);

        async Task AdmitAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                if ((await lease.AdmitAsync(thirty, None)).Denial is null)
                {
                    admitted++;
                    lease.Release();
                }
            }
        }
    }

    [Fact]
    public async Task A_days_denial_is_asked_about_again_within_a_minute()
    {
        var day = Limits with { TokensPerMinute = 1000, TokensPerDay = 100 };
        var holder = NewLease("holder");
        await holder.AdmitAsync(day, None);
        var (reservation, _) = await holder.ReserveAsync(day, 90, None);
        var other = NewLease("other");
        await other.AdmitAsync(day, None);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(LimitKind.TokensPerDay, (await other.ReserveAsync(day, 50, None)).Denial!.Value.Kind);
            _time.Advance(TimeSpan.FromSeconds(60));
        }

        holder.Settle(reservation, 10);
        await LetTimePassAsync(holder.TickAsync(stopping: true, None));
        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Null((await other.ReserveAsync(day, 50, None)).Denial);
    }

    [Fact]
    public async Task Of_two_states_of_a_client_the_later_holds()
    {
        var before = Limits with { RequestsPerMinute = 100, RequestsPerDay = 100, Version = 1 };
        var after = Limits with { RequestsPerMinute = 2, RequestsPerDay = 100, Version = 2 };
        var lease = NewLease();
        Assert.Null((await lease.AdmitAsync(after, None)).Denial);
        lease.Release();
        Assert.Null((await lease.AdmitAsync(before, None)).Denial);
        lease.Release();

        Assert.Equal(LimitKind.RequestsPerMinute, (await lease.AdmitAsync(before, None)).Denial!.Value.Kind);
    }

    [Fact]
    public async Task Tokens_set_aside_before_a_cut_of_the_limits_are_not_given_back_after_it()
    {
        var lease = NewLease();
        await lease.AdmitAsync(Limits, None);
        var (reservation, _) = await lease.ReserveAsync(Limits, 90, None);
        var cut = Limits with { TokensPerMinute = 20, Version = 1 };
        await lease.AdmitAsync(cut, None);
        lease.Settle(reservation, 0);

        Assert.Equal(LimitKind.TokensPerMinute, (await lease.ReserveAsync(cut, 1, None)).Denial!.Value.Kind);
    }

    [Fact]
    public async Task The_queue_keeps_its_order_and_its_bound_while_the_store_is_asked()
    {
        var queueing = Limits with { RequestsPerMinute = 100, RequestsPerDay = 100, QueuedRequests = 3, ConcurrentRequests = 1 };
        var lease = NewLease();
        await lease.AdmitAsync(queueing, None);
        var queued = Enumerable.Range(0, 3).Select(_ => lease.AdmitAsync(queueing, None).AsTask()).ToArray();
        for (var i = 0; i < 8; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250)); // each of them asks now and then
            await Task.Yield();
            Assert.Equal(LimitKind.ConcurrentRequests, (await lease.AdmitAsync(queueing, None)).Denial!.Value.Kind);
        }

        foreach (var next in queued)
        {
            Assert.DoesNotContain(queued.SkipWhile(task => task != next), task => task.IsCompleted);
            lease.Release();
            Assert.Null((await next.WaitAsync(TimeSpan.FromSeconds(10), None)).Denial);
        }
    }

    [Fact]
    public async Task A_clock_that_is_behind_does_not_open_a_window_again()
    {
        var ahead = new FakeTimeProvider(_time.GetUtcNow() + TimeSpan.FromSeconds(41)); // in the next minute already
        var lease = new ClientLease("client", "ahead", _store, ahead, StorageFailurePolicy.Deny);
        for (var i = 0; i < 3; i++)
        {
            await lease.AdmitAsync(Limits, None);
            lease.Release();
        }

        var behind = NewLease("behind");
        var denial = (await behind.AdmitAsync(Limits, None)).Denial!.Value;
        Assert.Equal(LimitKind.RequestsPerMinute, denial.Kind);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 2, 0, TimeSpan.Zero), denial.Until);
    }

    // A write in vain is followed by a wait.
    private async Task LetTimePassAsync(Task task)
    {
        for (var i = 0; i < 600 && !task.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1, None);
        }

        Assert.True(task.IsCompleted);
        await task;
    }

    private ClientLease NewLease(string instance = "one", StorageFailurePolicy policy = StorageFailurePolicy.Deny) => new("client", instance, _store, _time, policy);

    private sealed class ContendedStore : ICounterStore
    {
        private int _reads;

        public Task<(CounterState State, string? Version)> ReadAsync(string clientId, CancellationToken cancellationToken) =>
            Task.FromResult<(CounterState, string?)>((new CounterState(), $"{_reads++}"));

        public Task<string?> TryWriteAsync(string clientId, CounterState state, string? version, CancellationToken cancellationToken) =>
            Task.FromResult<string?>(null);
    }

    private sealed class ImmediateStore : ICounterStore
    {
        private int _version;

        public CounterState? State { get; private set; }

        public bool Down { get; set; }

        /// <summary>Whether writes are done and never answered.</summary>
        public bool LosesAnswers { get; set; }

        /// <summary>Ends the calls that hang; null when none does.</summary>
        public TaskCompletionSource? Hangs { get; set; }

        public int Calls { get; private set; }

        public async Task<(CounterState State, string? Version)> ReadAsync(string clientId, CancellationToken cancellationToken)
        {
            await CallAsync();
            return (State ?? new CounterState(), State is null ? null : $"{_version}");
        }

        public async Task<string?> TryWriteAsync(string clientId, CounterState state, string? version, CancellationToken cancellationToken)
        {
            await CallAsync();
            if (version != (State is null ? null : $"{_version}"))
            {
                return null;
            }

            State = state;
            _version++;
            return LosesAnswers ? throw new StorageUnavailableException(new TimeoutException()) : $"{_version}";
        }

        private async Task CallAsync()
        {
            Calls++;
            if (Hangs is not null)
            {
                await Hangs.Task;
            }

            if (Down)
            {
                throw new StorageUnavailableException(new TimeoutException());
            }
        }
    }
}
