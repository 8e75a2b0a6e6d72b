using AiFunctions.Gateway.Blocks;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.Blocks;

public class BlockScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly BlockSchedule _schedule = new(Options.Create(new AbuseBlockingOptions { FirstBlockSeconds = 60, LongestBlockSeconds = 500 }));

    [Fact]
    public void Each_block_is_twice_as_long_as_the_last_up_to_the_longest()
    {
        Block? last = null;
        var now = Now;
        foreach (var (seconds, count) in new[] { (60, 1), (120, 2), (240, 3), (480, 4), (500, 5), (500, 6) })
        {
            last = _schedule.Next(Subjects.Alice, last, now);
            Assert.Equal((seconds, count), ((int)(last.ExpiresAt - last.CreatedAt).TotalSeconds, last.Count));
            now = last.ExpiresAt + TimeSpan.FromSeconds(499); // the last second in which it is remembered
        }
    }

    [Fact]
    public void A_block_is_forgotten_as_long_after_its_end_as_the_longest_lasts()
    {
        var last = _schedule.Next(Subjects.Alice, null, Now);

        Assert.Equal(2, _schedule.Next(Subjects.Alice, last, last.ExpiresAt + TimeSpan.FromSeconds(499.9)).Count);
        Assert.Equal(1, _schedule.Next(Subjects.Alice, last, last.ExpiresAt + TimeSpan.FromSeconds(500)).Count);
    }

    [Fact]
    public void However_many_there_were_the_length_stays_in_range()
    {
        var last = _schedule.Next(Subjects.Alice, null, Now) with { Count = 100_000 };

        Assert.Equal(TimeSpan.FromSeconds(500), _schedule.Next(Subjects.Alice, last, Now) is var next ? next.ExpiresAt - next.CreatedAt : default);
    }

    [Theory]
    [InlineData(0.0, 60)]
    [InlineData(0.1, 60)]
    [InlineData(1.0, 59)]
    [InlineData(59.0, 1)]
    [InlineData(59.999, 1)]
    public void Whoever_waits_as_long_as_told_finds_the_block_ended(double after, int seconds)
    {
        var block = _schedule.Next(Subjects.Alice, null, Now);
        var told = Now + TimeSpan.FromSeconds(after);

        Assert.Equal(seconds, block.SecondsLeft(told));
        Assert.True(block.IsInForce(told));
        Assert.False(block.IsInForce(told + TimeSpan.FromSeconds(seconds)));
    }
}
