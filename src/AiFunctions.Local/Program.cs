using AiFunctions.Gateway;
using AiFunctions.Gateway.Jobs;
using AiFunctions.Gateway.Operations;
using AiFunctions.Local.Azurite;
using AiFunctions.Local.Startup;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddLocalDefaults();
    builder.Services.AddAzurite(builder.Configuration);
    builder.Services.AddAiGateway(builder.Configuration);
    builder.Services.AddTimedJobScheduler();
    builder.Services.AddStartupBanner(builder.Configuration);

    await using var app = builder.Build();
    app.UseAiGateway();
    app.MapAiGateway();
    await app.RunAsync();
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
