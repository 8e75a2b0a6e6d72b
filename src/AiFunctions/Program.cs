using AiFunctions.Gateway;
using AiFunctions.Gateway.Authentication.Certificates;
using AiFunctions.Gateway.Callers;
using AiFunctions.Gateway.Settings;
using AiFunctions.Gateway.Telemetry;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AiFunctions;

/// <summary>The deployed Functions app.</summary>
/// <remarks>A class rather than top-level statements, so that the worker tests can compile and run it.</remarks>
internal static class Program
{
    internal static int Main(string[] args) => Run(args, Console.Error);

    /// <summary>Runs until the host ends the worker.</summary>
    /// <param name="args">Where the host is, as it says.</param>
    /// <param name="errors">Where a start that settings stopped is explained. The host shows what comes on the standard error stream.</param>
    /// <returns>The exit code: 1 when settings stopped the start.</returns>
    internal static int Run(string[] args, TextWriter errors)
    {
        try
        {
            var builder = FunctionsApplication.CreateBuilder(args);

            // In this order: worker middlewares run as they were added, and the first of these two makes the HttpContext that the second needs.
            builder.ConfigureFunctionsWebApplication();
            builder.UseMiddleware<GatewayBridge>();

            // Before the settings are bound, so that they can say otherwise: requests come by way of the platform's front end.
            builder.Services.Configure<CallerAddressOptions>(caller => caller.AzureFrontEnd = true);
            builder.Services.AddForwardedClientCertificates();
            builder.Services.AddAiGateway(builder.Configuration);
            if (builder.Configuration.HasTelemetry())
            {
                builder.Services.AddOpenTelemetry().UseFunctionsWorkerDefaults(); // the host then leaves the worker's logs and traces to it
            }

            builder.Build().Run();
            return 0;
        }
        catch (Exception e) when (SettingsFailure.Explain(e) is { } lines)
        {
            // Unhandled, it would bury the line in a stack trace, and it may quote a setting's value.
            foreach (var line in lines)
            {
                errors.WriteLine(line);
            }

            return 1;
        }
    }
}
