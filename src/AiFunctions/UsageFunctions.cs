using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions;

/// <summary>How a client stands with its limits.</summary>
public static class UsageFunctions
{
    /// <summary>Tells the calling client its windows.</summary>
    [Function("GetUsage")]
    public static Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "v1/usage")] HttpRequest request) =>
        request.RunOperationAsync();
}
