using AiFunctions.Gateway.Blocks;
using CsCheck;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.Blocks;

public class ViolationCounterTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_limit_within_the_window_is_reached_and_one_fewer_is_not()
    {
        var counter = Counter(violations: 3, windowSeconds: 10);

        Assert.False(counter.Add(Subjects.Alice, ViolationKind.Limit));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(counter.Add(Subjects.Alice, ViolationKind.Limit));
        _time.Advance(TimeSpan.FromSeconds(4.999));
        Assert.True(counter.Add(Subjects.Alice, ViolationKind.Limit));
        Assert.False(counter.Add(Subjects.Alice, ViolationKind.Limit)); // anew
    }

    [Fact]
    public void What_has_left_the_window_does_not_count()
    {
        var counter = Counter(violations: 3, windowSeconds: 10);
        counter.Add(Subjects.Alice, ViolationKind.Limit);
        _time.Advance(TimeSpan.FromSeconds(5));
        counter.Add(Subjects.Alice, ViolationKind.Limit);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(counter.Add(Subjects.Alice, ViolationKind.Limit));
        Assert.True(counter.Add(Subjects.Alice, ViolationKind.Limit));
    }

    [Fact]
    public void Subjects_are_counted_apart_and_can_be_forgotten()
    {
        var counter = Counter(violations: 2, windowSeconds: 10);
        counter.Add(Subjects.Alice, ViolationKind.Limit);
        Assert.False(counter.Add(Subjects.Bob, ViolationKind.Limit));
        Assert.False(counter.Add(Subjects.Somewhere, ViolationKind.Limit));
        counter.Reset(Subjects.Alice);

        Assert.False(counter.Add(Subjects.Alice, ViolationKind.Limit));
        Assert.True(counter.Add(Subjects.Bob, ViolationKind.Limit));
    }

    [Fact]
    public void A_limit_of_one_is_reached_at_once_and_one_of_zero_never()
    {
        Assert.True(Counter(violations: 1, windowSeconds: 10).Add(Subjects.Alice, ViolationKind.Limit));
        var off = Counter(violations: 0, windowSeconds: 10);
        Assert.DoesNotContain(true, Enumerable.Range(0, 100).Select(_ => off.Add(Subjects.Alice, ViolationKind.Limit)));
        Assert.Equal(0, off.Subjects);
    }

    [Fact]
    public void Any_window_with_as_many_as_the_limit_is_noticed_and_no_other() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 20], Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4000]).Array[0, 200]).Sample((limit, windowSeconds, steps) =>
        {
            var time = new FakeTimeProvider();
            var counter = new ViolationCounter(Settings(limit, windowSeconds), time);
            var window = TimeSpan.FromSeconds(windowSeconds);
            var counted = new List<DateTimeOffset>[4];
            foreach (var (subject, milliseconds) in steps)
            {
                time.Advance(TimeSpan.FromMilliseconds(milliseconds));
                var violations = counted[subject] ??= [];
                violations.Add(time.GetUtcNow());
                var expected = violations.Count(at => time.GetUtcNow() - at < window) >= limit;
                if (counter.Add(Subjects.Address(subject), ViolationKind.Limit) != expected)
                {
                    return false;
                }

                if (expected)
                {
                    violations.Clear();
                }
            }

            return true;
        });

    [Fact]
    public void The_quietest_subject_is_forgotten_when_there_are_too_many()
    {
        var counter = Counter(violations: 3, windowSeconds: 10);
        counter.Add(Subjects.Alice, ViolationKind.Limit);
        counter.Add(Subjects.Bob, ViolationKind.Limit);
        for (var i = 0; i < ViolationCounter.MostSubjects - 2; i++)
        {
            counter.Add(Subjects.Address(i), ViolationKind.Limit);
        }

        counter.Add(Subjects.Alice, ViolationKind.Limit); // no longer the quietest
        counter.Add(Subjects.Address(ViolationCounter.MostSubjects), ViolationKind.Limit); // for which Bob goes

        Assert.Equal(ViolationCounter.MostSubjects, counter.Subjects);
        Assert.True(counter.Add(Subjects.Alice, ViolationKind.Limit));
        Assert.False(counter.Add(Subjects.Bob, ViolationKind.Limit));
        Assert.False(counter.Add(Subjects.Bob, ViolationKind.Limit));
        Assert.True(counter.Add(Subjects.Bob, ViolationKind.Limit));
    }

    [Fact]
    public void The_largest_limit_is_counted_to()
    {
        var counter = Counter(AbuseBlockingOptions.MostViolations, windowSeconds: 10);
        for (var i = 1; i < AbuseBlockingOptions.MostViolations; i++)
        {
            Assert.False(counter.Add(Subjects.Alice, ViolationKind.Limit));
        }

        Assert.True(counter.Add(Subjects.Alice, ViolationKind.Limit));
    }

    [Fact]
    public void Subjects_that_have_gone_quiet_take_no_memory()
    {
        var counter = Counter(violations: 3, windowSeconds: 10);
        for (var i = 0; i < 1000; i++)
        {
            counter.Add(Subjects.Address(i), ViolationKind.Limit);
        }

        _time.Advance(TimeSpan.FromSeconds(10));
        counter.Add(Subjects.Alice, ViolationKind.Limit);

        Assert.Equal(1, counter.Subjects);
    }

    private ViolationCounter Counter(int violations, int windowSeconds) => new(Settings(violations, windowSeconds), _time);

    private static IOptions<AbuseBlockingOptions> Settings(int violations, int windowSeconds) =>
        Options.Create(new AbuseBlockingOptions { Violations = violations, WindowSeconds = windowSeconds });
}
