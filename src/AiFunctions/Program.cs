using AiFunctions;
using AiFunctions.Gateway;
using AiFunctions.Gateway.Authentication.Certificates;
using AiFunctions.Gateway.Callers;
using AiFunctions.Gateway.Settings;
using AiFunctions.Gateway.Telemetry;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

try
{
    var builder = FunctionsApplication.CreateBuilder(args);

    // Before the settings are bound, so that they can say otherwise: requests come by way of the platform's front end.
    builder.Services.Configure<CallerAddressOptions>(caller => caller.AzureFrontEnd = true);
    builder.Services.AddForwardedClientCertificates();

    // Before the web server, which so stops first: what it has begun is still recorded and settled by services that run.
    builder.Services.AddAiGateway(builder.Configuration);

    // In this order: worker middlewares run as they were added, and the first of these two makes the HttpContext that the second needs.
    builder.ConfigureFunctionsWebApplication();
    builder.UseMiddleware<GatewayBridge>();
    builder.Services.PostConfigure<KeyManagementOptions>(keys => keys.XmlRepository = new ForgottenKeys());

    if (builder.Configuration.HasTelemetry())
    {
        builder.Services.AddOpenTelemetry().UseFunctionsWorkerDefaults(); // the host then leaves the worker's logs and traces to it
    }

    builder.Build().Run();
    return 0;
}
catch (Exception e) when (SettingsFailure.Explain(e) is { } lines)
{
    // Unhandled, it would bury the line in a stack trace, and it may quote a setting's value. Of what comes on the standard error stream the
    // host logs only the lines that say so.
    foreach (var line in lines)
    {
        await Console.Error.WriteLineAsync($"error: {line}");
    }

    return 1;
}
