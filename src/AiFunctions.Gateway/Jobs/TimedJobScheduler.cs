using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.Jobs;

/// <summary>Runs the timed jobs on their schedules, for a host that has no timers of its own.</summary>
/// <remarks>
/// A job never overlaps itself here: what falls due while it runs is run once, after it. Of several instances one takes each occurrence. What
/// was missed while none was up is made up for once. A run that fails is logged, and the next one comes.
/// </remarks>
internal sealed partial class TimedJobScheduler(TimedJobs jobs, JobRunStore runs, TimeProvider time, ILogger<TimedJobScheduler> logger) : BackgroundService
{
    // A sleep of months would overflow a timer, and a clock that is set meanwhile is noticed within this.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(jobs.All.Select(job => RunOnScheduleAsync(job, JobSchedule.Parse(job.Schedule)!, stoppingToken)));

    private async Task RunOnScheduleAsync(ITimedJob job, JobSchedule schedule, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var due = schedule.NextAfter(await runs.LastTakenAsync(job.Name, time.GetUtcNow(), stoppingToken));
                while (due > time.GetUtcNow())
                {
                    var wait = due.Value - time.GetUtcNow();
                    await Task.Delay(wait < LongestSleep ? wait : LongestSleep, time, stoppingToken);
                }

                if (due is null)
                {
                    return;
                }

                if (await runs.TryTakeAsync(job.Name, due.Value, time.GetUtcNow(), stoppingToken))
                {
                    await jobs.RunAsync(job, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogDelayed(logger, job.Name, e.GetType().FullName!);
                await Task.Delay(RetryDelay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Job {Job} waits a minute ({ExceptionType})")]
    private static partial void LogDelayed(ILogger logger, string job, string exceptionType);
}
