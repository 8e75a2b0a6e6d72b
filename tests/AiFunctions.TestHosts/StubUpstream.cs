using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AiFunctions.TestHosts;

/// <summary>
/// An OpenAI-compatible server on a real socket that does what the test's script says, chosen by the model of the request.
/// </summary>
internal sealed class StubUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Func<StubExchange, Task>> _scripts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<StubRequest> _requests = new();

    private StubUpstream(WebApplication app) => _app = app;

    /// <summary>The address with the version segment, as the setting wants it.</summary>
    public string BaseUrl { get; private set; } = "";

    /// <summary>What it answers to <c>GET /models</c>; without it, 404.</summary>
    public string? ModelList { get; set; }

    /// <summary>All requests, in the order in which they came.</summary>
    public IReadOnlyList<StubRequest> Requests => [.. _requests];

    public static async Task<StubUpstream> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new StubUpstream(app);
        app.Run(stub.HandleAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        stub.BaseUrl = address + "/v1";
        return stub;
    }

    /// <summary>Adds a model that behaves as scripted.</summary>
    /// <returns>Its name, which no other test has if none is given.</returns>
    public string AddModel(Func<StubExchange, Task> script, string? name = null)
    {
        var model = name ?? $"stub-{Guid.NewGuid():N}";
        _scripts[model] = script;
        return model;
    }

    /// <summary>The requests for one model.</summary>
    public IReadOnlyList<StubRequest> RequestsFor(string model) => [.. _requests.Where(request => request.Model == model)];

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var request = new StubRequest(
            context.Request.Method,
            context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray());
        _requests.Enqueue(request);

        var exchange = new StubExchange(context, request);
        if (request.Model is { } model && _scripts.TryGetValue(model, out var script))
        {
            await script(exchange);
        }
        else if (ModelList is { } list && request.Method == HttpMethods.Get)
        {
            await exchange.RespondAsync(200, list);
        }
        else
        {
            await exchange.RespondAsync(
                404, """{"error":{"message":"no such model","type":"invalid_request_error","code":"model_not_found","param":null}}""");
        }
    }
}
