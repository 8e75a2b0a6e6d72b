using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.Jobs;

/// <summary>The timed jobs, for the host that runs them.</summary>
public sealed partial class TimedJobs
{
    private readonly ILogger<TimedJobs> _logger;

    internal TimedJobs(IEnumerable<ITimedJob> jobs, ILogger<TimedJobs> logger)
    {
        All = [.. jobs];
        _logger = logger;
    }

    /// <summary>The jobs' names.</summary>
    public IReadOnlyList<string> Names => [.. All.Select(job => job.Name)];

    internal IReadOnlyList<ITimedJob> All { get; }

    /// <summary>Runs a job now and logs what it did.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the run; the next one takes up what it leaves.</param>
    /// <exception cref="ArgumentException">There is no job of that name.</exception>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached.</exception>
    /// <returns>A task that ends with the run.</returns>
    public Task RunAsync(string name, CancellationToken cancellationToken) =>
        RunAsync(All.FirstOrDefault(job => job.Name == name) ?? throw new ArgumentException($"There is no job '{name}'.", nameof(name)), cancellationToken);

    internal async Task<JobReport> RunAsync(ITimedJob job, CancellationToken cancellationToken)
    {
        try
        {
            var report = await job.RunAsync(cancellationToken);
            LogRun(_logger, job.Name, report.Summary);
            return report;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // An exception's message may quote what it failed on.
            LogFailed(_logger, job.Name, (e as StorageUnavailableException)?.InnerException?.GetType().FullName ?? e.GetType().FullName!);
            throw;
        }
    }

    [LoggerMessage(LogLevel.Information, "Job {Job}: {Summary}")]
    private static partial void LogRun(ILogger logger, string job, string summary);

    // The event's name and field are what an alert rule matches.
    [LoggerMessage(LogLevel.Error, "Job {Job} failed on {ExceptionType}; it runs again when it is due", EventName = "JobFailed")]
    private static partial void LogFailed(ILogger logger, string job, string exceptionType);
}
