using System.Text.Json;
using AiFunctions.Gateway.Jobs;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.Jobs;

public sealed class TimedJobSchedulerTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly JobRunStore _runs;

    public TimedJobSchedulerTests()
    {
        var table = new InMemoryTable();
        _runs = new JobRunStore(new TableStorage(_ => table));
    }

    [Fact]
    public async Task A_job_runs_when_it_is_due_and_on_one_instance()
    {
        var job = new CountingJob("0 0 3 * * *");
        using var first = Scheduler(job);
        using var second = Scheduler(job);
        await first.StartAsync(TestContext.Current.CancellationToken);
        await second.StartAsync(TestContext.Current.CancellationToken);

        await AdvanceAsync(TimeSpan.FromHours(14.9));
        await AssertRunsAsync(0, job);
        await AdvanceAsync(TimeSpan.FromHours(0.2));
        await AssertRunsAsync(1, job);
        await AdvanceAsync(TimeSpan.FromDays(1));
        await AssertRunsAsync(2, job);
        await first.StopAsync(TestContext.Current.CancellationToken);
        await second.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_was_missed_is_made_up_for_once()
    {
        await _runs.LastTakenAsync("Counting", _time.GetUtcNow(), TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromDays(10));
        var job = new CountingJob("0 0 3 * * *");
        using var scheduler = Scheduler(job);
        await scheduler.StartAsync(TestContext.Current.CancellationToken);

        await AdvanceAsync(TimeSpan.FromHours(1));
        await AssertRunsAsync(1, job);
        await scheduler.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_clock_that_was_years_ahead_once_does_not_stop_the_job()
    {
        await _runs.LastTakenAsync("Counting", _time.GetUtcNow().AddYears(10), TestContext.Current.CancellationToken);
        var job = new CountingJob("0 0 3 * * *");
        using var first = Scheduler(job);
        using var second = Scheduler(job);
        await first.StartAsync(TestContext.Current.CancellationToken);
        await second.StartAsync(TestContext.Current.CancellationToken);

        await AdvanceAsync(TimeSpan.FromDays(2));
        await AssertRunsAsync(2, job);
        await first.StopAsync(TestContext.Current.CancellationToken);
        await second.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task After_a_run_that_failed_the_next_one_comes()
    {
        var job = new CountingJob("0 0 3 * * *") { Fails = true };
        using var scheduler = Scheduler(job);
        await scheduler.StartAsync(TestContext.Current.CancellationToken);
        await AdvanceAsync(TimeSpan.FromDays(1));
        job.Fails = false;
        await AdvanceAsync(TimeSpan.FromDays(1));

        await AssertRunsAsync(2, job);
        await scheduler.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("0 0 3 * * *", true)]
    [InlineData("*/10 * * * * *", true)]
    [InlineData("0 30 4 * * 1-5", true)]
    [InlineData("0 3 * * *", false)]
    [InlineData("0 0 25 * * *", false)]
    [InlineData("0 0 0 30 2 *", false)]
    [InlineData("00:30:00", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Schedules_have_six_fields_and_come_round(string? text, bool valid) => Assert.Equal(valid, JobSchedule.IsValid(text));

    [Fact]
    public void The_next_time_is_in_UTC()
    {
        var schedule = JobSchedule.Parse("0 0 3 * * *")!;

        Assert.Equal(
            new DateTimeOffset(2030, 1, 2, 3, 0, 0, TimeSpan.Zero),
            schedule.NextAfter(new DateTimeOffset(2030, 1, 1, 23, 30, 0, TimeSpan.FromHours(-3))));
    }

    private TimedJobScheduler Scheduler(ITimedJob job) =>
        new(new TimedJobs([job], NullLogger<TimedJobs>.Instance), _runs, _time, NullLogger<TimedJobScheduler>.Instance);

    // In small steps, each after the loops have had their turn: they set their next timer only when the last one has fired.
    private async Task AdvanceAsync(TimeSpan by)
    {
        var until = _time.GetUtcNow() + by;
        while (_time.GetUtcNow() < until)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
            var left = until - _time.GetUtcNow();
            _time.Advance(left < TimeSpan.FromMinutes(30) ? left : TimeSpan.FromMinutes(30));
        }
    }

    private static async Task AssertRunsAsync(int expected, CountingJob job)
    {
        for (var i = 0; job.Runs < expected && i < 1000; i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal(expected, job.Runs);
    }

    private sealed record CountReport : JobReport
    {
        public override string Summary => "counted";

        public override void WriteTo(Utf8JsonWriter writer) => writer.WriteNullValue();
    }

    private sealed class CountingJob(string schedule) : ITimedJob
    {
        private int _runs;

        public bool Fails { get; set; }

        public int Runs => _runs;

        public string Name => "Counting";

        public string Schedule => schedule;

        public Task<JobReport> RunAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _runs);
            return Fails ? throw new InvalidOperationException("It fails.") : Task.FromResult<JobReport>(new CountReport());
        }
    }
}
