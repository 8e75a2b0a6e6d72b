using System.Diagnostics;
using System.Globalization;
using System.Net;
using AiFunctions.Worker.Tests.Host.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace AiFunctions.Worker.Tests.Host;

/// <summary>
/// The host's front: finds the function of each request, has the worker run it, and forwards the request to the worker's web server, by the
/// same proxy as the real one.
/// </summary>
internal sealed class HostFront : IAsyncDisposable
{
    private const string BodyLimit = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT";
    private const string InvocationHeader = "x-ms-invocation-id";
    private static readonly ForwarderRequestConfig Forwarding = new() { ActivityTimeout = TimeSpan.FromSeconds(240) };

    private readonly WebApplication _server;
    private readonly IHttpForwarder _forwarder;
    private readonly HttpMessageInvoker _toWorker = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly WorkerChannel _worker;
    private readonly IReadOnlyList<HostFunction> _functions;
    private readonly string _workerAddress;
    private readonly HostFile _file;
    private readonly HostLog _log;
    private readonly long? _bodyLimit;

    private HostFront(
        WebApplication server, WorkerChannel worker, string workerAddress, IReadOnlyList<HostFunction> functions, HostFile file, AppSettings settings, HostLog log)
    {
        _server = server;
        _forwarder = server.Services.GetRequiredService<IHttpForwarder>();
        _worker = worker;
        _workerAddress = workerAddress;
        _functions = functions;
        _file = file;
        _log = log;
        _bodyLimit = settings[BodyLimit] is { } limit ? long.Parse(limit, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Listens on a free port.</summary>
    public static async Task<HostFront> StartAsync(
        WorkerChannel worker, string workerAddress, IReadOnlyList<HostFunction> functions, HostFile file, AppSettings settings, HostLog log)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Services.AddHttpForwarder();
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        var front = new HostFront(builder.Build(), worker, workerAddress, functions, file, settings, log);
        front._server.Run(front.AnswerAsync);
        await front._server.StartAsync();
        front.Address = new Uri(front._server.Urls.Single());
        return front;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _toWorker.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        http.Response.OnStarting(() =>
        {
            foreach (var (name, value) in _file.Headers)
            {
                http.Response.Headers.TryAdd(name, value);
            }

            return Task.CompletedTask;
        });

        if (_bodyLimit is { } limit)
        {
            http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = limit;
            if (http.Request.ContentLength > limit)
            {
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return;
            }
        }

        if (_functions.FirstOrDefault(function => function.Takes(http.Request.Method, http.Request.Path)) is not { } function)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await ForwardAsync(http, function);
    }

    // The host has a span for each request, in the caller's trace if it says which.
    private static string SpanOf(HttpContext http) => ActivityContext.TryParse(http.Request.Headers.TraceParent, null, isRemote: true, out var caller)
        ? $"00-{caller.TraceId}-{ActivitySpanId.CreateRandom()}-{(caller.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}"
        : $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01";

    private async Task ForwardAsync(HttpContext http, HostFunction function)
    {
        var id = Guid.NewGuid().ToString();
        var invocation = _worker.InvokeAsync(function.Invocation(id, new TypedData { Http = new RpcHttp { Method = http.Request.Method } }, SpanOf(http)));
        await using var cancel = http.RequestAborted.Register(() => _worker.Send(new() { InvocationCancel = new() { InvocationId = id } }));
        http.Request.Headers.TryAdd(InvocationHeader, id);

        var error = await _forwarder.SendAsync(http, _workerAddress, _toWorker, Forwarding);
        if (error != ForwarderError.None)
        {
            if (!http.Response.HasStarted)
            {
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            }

            _log.Add($"Forwarding {function.Name} failed: {error}");
            return;
        }

        if (await invocation is { Result.Status: not HostFunction.Success } failed)
        {
            _log.Add($"{function.Name} failed: {failed.Result.Exception?.Message} {failed.Result.Exception?.StackTrace}");
        }
    }
}
