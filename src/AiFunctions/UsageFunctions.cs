using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions;

/// <summary>How a client stands with its limits, and what clients have used.</summary>
/// <inheritdoc cref="BlockFunctions" path="/remarks"/>
public static class UsageFunctions
{
    /// <summary>Tells the calling client its windows.</summary>
    [Function("GetUsage")]
    public static Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "v1/usage")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Tells what clients have used, by day.</summary>
    [Function("ReportUsage")]
    public static Task<IResult> ReportAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "manage/usage")] HttpRequest request) =>
        request.RunOperationAsync();
}
