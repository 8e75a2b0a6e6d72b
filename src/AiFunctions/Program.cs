using AiFunctions.Gateway;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

namespace AiFunctions;

/// <summary>The deployed Functions app.</summary>
/// <remarks>A class rather than top-level statements, so that the worker tests can compile and run it.</remarks>
internal static class Program
{
    internal static void Main(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);

        // In this order: worker middlewares run as they were added, and the first of these two makes the HttpContext that the second needs.
        builder.ConfigureFunctionsWebApplication();
        builder.UseMiddleware<GatewayBridge>();

        builder.Services.AddAiGateway(builder.Configuration);

        builder.Build().Run();
    }
}
