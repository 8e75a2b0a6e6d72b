using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions;

/// <summary>Readiness.</summary>
public static class HealthFunctions
{
    /// <summary>Answers whether requests can be served.</summary>
    [Function("Health")]
    public static Task<IResult> CheckAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "healthz")] HttpRequest request) =>
        request.RunOperationAsync();
}
