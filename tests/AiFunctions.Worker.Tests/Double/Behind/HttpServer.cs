using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Worker.Tests.Double;

/// <summary>The worker's web server: one endpoint for each function, under the route prefix of host.json, on a free port.</summary>
internal sealed class HttpServer(IServiceProvider services, ILoggerFactory loggers, TestRun run) : IHostedService
{
    private WebApplication? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(loggers);
        _server = builder.Build();
        ((IEndpointRouteBuilder)_server).DataSources.Add(new DefaultEndpointDataSource(DoubleFunction.All.Select(EndpointOf)));
        await _server.StartAsync(cancellationToken);
        run.Started.SetResult(new Uri(_server.Urls.Single()));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
        {
            await _server.StopAsync(cancellationToken);
            await _server.DisposeAsync();
        }
    }

    private RouteEndpoint EndpointOf(DoubleFunction function)
    {
        using var hostJson = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));
        var prefix = hostJson.RootElement.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString();
        return new RouteEndpoint(
            http => InvokeAsync(function, http),
            RoutePatternFactory.Parse($"{prefix}/{function.Trigger.Route}"),
            order: 0,
            new EndpointMetadataCollection(new HttpMethodMetadata(function.Trigger.Methods!)),
            function.Name);
    }

    private async Task InvokeAsync(DoubleFunction function, HttpContext http)
    {
        await using var scope = services.CreateAsyncScope();
        http.Features.Set<IServiceProvidersFeature>(new RequestServicesFeature(http, null) { RequestServices = scope.ServiceProvider });
        try
        {
            await run.Pipeline!(new InvocationContext(function, scope.ServiceProvider, http));
        }
        catch (Exception exception)
        {
            // The real one reports the failure to the host and completes the HTTP request all the same.
            run.Failures.Add(exception);
        }
    }
}
