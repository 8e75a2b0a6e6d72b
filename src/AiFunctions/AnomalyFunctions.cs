using AiFunctions.Gateway.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions;

/// <summary>Anomalies in clients' activity.</summary>
public static class AnomalyFunctions
{
    /// <summary>Scans for anomalies on the schedule in the app setting of exactly this name.</summary>
    [Function("AnomalyDetection")]
    public static Task DetectAsync(
        [TimerTrigger("%AnomalyDetection__Schedule%")] TimerInfo timer, FunctionContext context, CancellationToken cancellationToken) =>
        context.InstanceServices.GetRequiredService<TimedJobs>().RunAsync("AnomalyDetection", cancellationToken);

    /// <summary>Lists anomalies.</summary>
    [Function("ListAnomalies")]
    public static Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "manage/anomalies")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Scans for anomalies now.</summary>
    [Function("ScanForAnomalies")]
    public static Task<IResult> ScanAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "manage/anomalies/scan")] HttpRequest request) =>
        request.RunOperationAsync();
}
