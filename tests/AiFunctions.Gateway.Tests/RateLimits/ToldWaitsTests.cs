using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.Tests.RateLimits;

public class ToldWaitsTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly EffectiveLimits Limits = new(10, 100, 1000, 10_000, 5, 0, 1000, 100);

    private readonly ToldWaits _waits = new();

    [Fact]
    public void The_first_refusal_of_a_window_is_no_violation_and_those_before_its_end_are()
    {
        Assert.Equal([false, true, true], [Refuse(10), Refuse(11), Refuse(59)]);
        Assert.Equal([false, true], [Refuse(60), Refuse(61)]);
    }

    [Fact]
    public void Who_waits_as_told_never_does_wrong()
    {
        for (var minute = 0; minute < 100; minute++)
        {
            Assert.False(Refuse(minute * 60));
        }
    }

    [Theory]
    [InlineData((int)LimitKind.RequestsPerMinute)]
    [InlineData((int)LimitKind.TokensPerMinute)]
    public void Several_workers_that_each_wait_as_told_do_no_wrong_and_a_worker_more_does(int kind)
    {
        for (var i = 0; i < 4; i++)
        {
            _waits.Enter(Start);
        }

        for (var minute = 0; minute < 10; minute++)
        {
            Assert.Equal([false, false, false, false, true], Enumerable.Range(0, 5).Select(worker => Refuse((minute * 60) + worker, (LimitKind)kind)));
        }
    }

    [Fact]
    public void Connections_without_number_are_no_more_workers_than_the_client_may_have()
    {
        for (var i = 0; i < 100; i++)
        {
            _waits.Enter(Start);
        }

        Assert.Equal(5, Enumerable.Range(0, 100).Count(_ => !Refuse(1)));
    }

    [Fact]
    public void How_many_were_under_way_is_forgotten_with_time()
    {
        _waits.Enter(Start);
        _waits.Enter(Start);
        _waits.Leave();
        _waits.Leave();
        _waits.Enter(Start.AddMinutes(1));
        Assert.Equal([false, false, true], [Refuse(61), Refuse(62), Refuse(63)]);
        _waits.Leave();
        _waits.Enter(Start.AddMinutes(5));
        Assert.Equal([false, true], [Refuse(301), Refuse(302)]);
    }

    [Fact]
    public void Who_finds_no_slot_and_comes_back_after_a_second_does_no_wrong()
    {
        var at = Start;
        for (var i = 0; i < 50; i++)
        {
            Assert.False(_waits.Refuse(SlotBalance.Denied(at), Limits, at));
            at += SlotBalance.AskAgain;
        }

        Assert.False(_waits.Refuse(SlotBalance.Denied(at), Limits, at));
        at += SlotBalance.AskAgain / 2;
        Assert.True(_waits.Refuse(SlotBalance.Denied(at), Limits, at));
    }

    [Theory]
    [InlineData((int)LimitKind.RequestsPerDay)]
    [InlineData((int)LimitKind.TokensPerDay)]
    public void A_used_up_day_counts_once(int kind)
    {
        var end = Start.AddHours(12);
        var counted = Enumerable.Range(0, 1000).Count(i => _waits.Refuse(new Denial((LimitKind)kind, end), Limits, Start.AddSeconds(i)));
        Assert.Equal(1, counted);
        Assert.False(_waits.Refuse(new Denial((LimitKind)kind, end.AddDays(1)), Limits, end.AddHours(1)));
    }

    private bool Refuse(int second, LimitKind kind = LimitKind.RequestsPerMinute) =>
        _waits.Refuse(new Denial(kind, Start.AddMinutes((second / 60) + 1)), Limits, Start.AddSeconds(second));
}
