using AiFunctions.Gateway.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions;

/// <summary>The rotation of keys: on its schedule, and now.</summary>
/// <remarks>
/// The host reads the schedule from the app setting of exactly this name, not from the worker's defaults: without the setting it does not
/// load the function, and says so in its log.
/// </remarks>
public static class RotationFunctions
{
    /// <summary>Rotates the keys that are due.</summary>
    [Function("KeyRotation")]
    public static Task RotateAsync(
        [TimerTrigger("%KeyRotation__Schedule%")] TimerInfo timer, FunctionContext context, CancellationToken cancellationToken) =>
        context.InstanceServices.GetRequiredService<TimedJobs>().RunAsync("KeyRotation", cancellationToken);

    /// <summary>Rotates them now.</summary>
    [Function("RunRotation")]
    public static Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "manage/rotation/run")] HttpRequest request) =>
        request.RunOperationAsync();
}
