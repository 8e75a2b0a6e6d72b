using AiFunctions.Gateway.Jobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions;

/// <summary>The timed jobs, on the schedules in the app settings.</summary>
/// <remarks>
/// The host looks for the schedule in a configuration, where the <c>__</c> of an app setting's name has become a colon, and knows none of
/// the worker's defaults: without the setting it does not load the function, and says so in its log.
/// </remarks>
public static class JobFunctions
{
    /// <summary>Rotates the keys that are due.</summary>
    [Function("KeyRotation")]
    public static Task RotateKeysAsync(
        [TimerTrigger("%KeyRotation:Schedule%")] TimerInfo timer, FunctionContext context, CancellationToken cancellationToken) =>
        context.RunJobAsync("KeyRotation", cancellationToken);

    /// <summary>Scans for anomalies.</summary>
    [Function("AnomalyDetection")]
    public static Task DetectAnomaliesAsync(
        [TimerTrigger("%AnomalyDetection:Schedule%")] TimerInfo timer, FunctionContext context, CancellationToken cancellationToken) =>
        context.RunJobAsync("AnomalyDetection", cancellationToken);

    private static Task RunJobAsync(this FunctionContext context, string job, CancellationToken cancellationToken) =>
        context.InstanceServices.GetRequiredService<TimedJobs>().RunAsync(job, cancellationToken);
}
