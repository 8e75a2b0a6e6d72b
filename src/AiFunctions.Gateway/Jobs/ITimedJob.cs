namespace AiFunctions.Gateway.Jobs;

/// <summary>Work that is done on a schedule, or now when an operator asks for it.</summary>
/// <remarks>
/// It may run on two instances at once and may be cut off anywhere, so each of its writes is conditional or idempotent and the next run
/// takes up what the last one left.
/// </remarks>
internal interface ITimedJob
{
    /// <summary>Its name, the same in both hosts; for example <c>KeyRotation</c>.</summary>
    string Name { get; }

    /// <summary>When it runs: NCRONTAB with seconds, UTC. Checked at start with <see cref="JobSchedule.IsValid"/>.</summary>
    string Schedule { get; }

    /// <summary>Does the work once.</summary>
    Task<JobReport> RunAsync(CancellationToken cancellationToken);
}
