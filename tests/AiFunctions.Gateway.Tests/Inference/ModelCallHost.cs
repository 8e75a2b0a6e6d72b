using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.Tests.InputGuard;
using AiFunctions.Gateway.Tests.Tokens;
using AiFunctions.Gateway.Upstreams;
using AiFunctions.Gateway.Upstreams.Simulator;
using Azure.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.Inference;

/// <summary>Calls of one operation, on real sockets, between a caller and a model server that a test scripts.</summary>
internal sealed class ModelCallHost(ModelApi api, string request) : IAsyncDisposable
{
    /// <summary>How long a test waits for what comes at once, if it comes.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new();
    private int _asked;
    private WebApplication _upstream = null!;
    private WebApplication _front = null!;

    public FakeTokenBudget Budget { get; set; } = new();

    /// <summary>How the model server answers.</summary>
    public RequestDelegate Answer { get; set; } = _ => Task.CompletedTask;

    /// <summary>Another address to look for it at.</summary>
    public string? UpstreamUrl { get; set; }

    /// <summary>How long it may be silent.</summary>
    public int TimeoutSeconds { get; set; } = 120;

    /// <summary>The time by which callers are told that the model is silent.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>How often it was asked.</summary>
    public int Asked => _asked;

    public async Task StartAsync()
    {
        _upstream = await StartAsync(context =>
        {
            Interlocked.Increment(ref _asked);
            return Answer(context);
        });
        _front = await StartAsync(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _front.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    /// <summary>What was settled, once, when the call had ended.</summary>
    public async Task<long> SettledAsync()
    {
        await EndAsync();
        Assert.Single(Budget.Reserved);
        return Assert.Single(Budget.Settled);
    }

    public Task EndAsync() => _ended.Task.WaitAsync(Soon, TestContext.Current.CancellationToken);

    /// <summary>Sends the request.</summary>
    public Task<HttpResponseMessage> SendAsync(
        HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead, CancellationToken? cancellationToken = null, string? body = null) =>
        _http.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, _front.Urls.First()) { Content = new StringContent(body ?? request, Encoding.UTF8, "application/json") },
            completion,
            cancellationToken ?? TestContext.Current.CancellationToken);

    /// <summary>Writes a part of an answer.</summary>
    public static async Task WriteAsync(HttpContext context, string? answer, string contentType)
    {
        if (answer is not null)
        {
            context.Response.ContentType = contentType;
            await context.Response.WriteAsync(answer);
            await context.Response.Body.FlushAsync();
        }
    }

    /// <summary>Waits until the model server's caller is gone.</summary>
    public static async Task GoneAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using (context.RequestAborted.Register(gone.SetResult))
        {
            await gone.Task.WaitAsync(Soon);
        }
    }

    /// <summary>Resets the model server's connection.</summary>
    public static void Reset(HttpContext context)
    {
        var socket = context.Features.Get<IConnectionSocketFeature>()!.Socket;
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    private async Task RunAsync(HttpContext context)
    {
        var upstream = new UpstreamOptions { Name = "u", BaseUrl = new Uri(UpstreamUrl ?? _upstream.Urls.First() + "/v1"), TimeoutSeconds = TimeoutSeconds };
        using var upstreams = new UpstreamRouter(
            Options.Create(new UpstreamListOptions { Upstreams = [upstream] }),
            new SimulatedModel([], Options.Create(new SimulatorOptions()), TimeProvider.System),
            new Lazy<TokenCredential>(() => throw new InvalidOperationException()),
            TimeProvider.System,
            NullLogger<UpstreamRouter>.Instance);
        using var guard = new GuardParts();
        var policy = new FilterPolicy(new OutputFilterOptions());
        var client = new Client { Id = "c", Name = "c", Tier = "free", CreatedAt = default, UpdatedAt = default };
        context.Features.Set(new ClientIdentity(client, new ClientKey { KeyId = "k", ClientId = "c", Hash = [], CreatedAt = default }));
        context.Features.Set<ITokenBudget>(Budget);
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        using var body = new JsonBody(bytes.ToArray(), JsonDocument.Parse(bytes.ToArray()));
        context.Features.Set(body);
        try
        {
            var call = new ModelCall(upstreams, LoadedVocabulary.Estimator(), guard.Guard, guard.AnswersUnder(policy), guard.Models, Time);
            await new ErrorBoundaryMiddleware(http => call.RunAsync(api, http), NullLogger<ErrorBoundaryMiddleware>.Instance).InvokeAsync(context);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private static async Task<WebApplication> StartAsync(RequestDelegate handle)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(handle);
        await app.StartAsync();
        return app;
    }
}
