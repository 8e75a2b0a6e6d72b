using AiFunctions.Gateway.Jobs;
using AiFunctions.Gateway.KeyRotation;
using AiFunctions.Gateway.Operations;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Management;

/// <summary><c>POST /manage/rotation/run</c>.</summary>
internal sealed class RotationRunEndpoint(TimedJobs jobs, KeyRotationJob job)
{
    public async Task RunAsync(HttpContext context)
    {
        var report = await jobs.RunAsync(job, context.RequestAborted);
        await JsonResponse.WriteAsync(context, StatusCodes.Status200OK, report.WriteTo);
    }
}
