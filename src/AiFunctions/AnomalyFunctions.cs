using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions;

/// <summary>Anomalies in clients' activity.</summary>
public static class AnomalyFunctions
{
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
