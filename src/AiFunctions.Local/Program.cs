using AiFunctions.Gateway;
using AiFunctions.Gateway.Jobs;
using AiFunctions.Gateway.RequestLog;
using AiFunctions.Local.Azurite;
using AiFunctions.Local.Startup;

StartupProfile.Begin(Environment.CurrentDirectory);

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddLocalDefaults();
    builder.Services.AddAzurite(builder.Configuration);
    builder.Services.AddRequestLog(builder.Configuration);
    builder.Services.AddAiGateway(builder.Configuration);
    builder.Services.AddTimedJobScheduler();
    builder.Services.AddStartupBanner(builder.Configuration);

    var app = builder.Build();
    app.UseAiGateway();
    app.MapAiGateway();
    await app.RunToItsEndAsync();
    return 0;
}
catch (Exception e) when (StartupFailure.Explain(e) is { } lines)
{
    foreach (var line in lines)
    {
        await Console.Error.WriteLineAsync(line);
    }

    return 1;
}
