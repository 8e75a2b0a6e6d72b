using System.Net;
using System.Net.Sockets;
using AiFunctions.TestHosts;
using AiFunctions.Worker.Tests.Host.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Worker.Tests.Host;

/// <summary>
/// A Functions host, as far as an app of HTTP and timer triggers can tell: it starts the app as it was built, speaks the worker protocol with
/// it, and passes requests on to it.
/// </summary>
internal sealed class FunctionsHost : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    private readonly WebApplication _protocolServer;
    private readonly WorkerChannel _worker;
    private readonly ChildProcess _process;
    private readonly HostLog _log;
    private readonly AppSettings _settings;
    private HostFront? _front;

    private FunctionsHost(WebApplication protocolServer, WorkerChannel worker, ChildProcess process, HostLog log, AppSettings settings)
    {
        _protocolServer = protocolServer;
        _worker = worker;
        _process = process;
        _log = log;
        _settings = settings;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => _front!.Address;

    /// <summary>What the worker says it can do.</summary>
    public IReadOnlyDictionary<string, string> Capabilities { get; private set; } = new Dictionary<string, string>();

    /// <summary>The functions, in the order in which the worker names them.</summary>
    public IReadOnlyList<HostFunction> Functions { get; private set; } = [];

    /// <summary>The worker's process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Completes with the worker's exit code.</summary>
    public Task<int> Exited => _process.Exited;

    /// <summary>The host's log.</summary>
    public IReadOnlyList<string> Log => [.. _log.Lines, .. HostLog.From(_process.StandardError)];

    /// <summary>Everything that the worker wrote or sent to be logged, at whatever level.</summary>
    public string EverythingSaid => string.Join('\n', [.. _log.Sent, .. _log.Lines, _process.Output]);

    /// <summary>Starts the app, its environment being ours with these settings.</summary>
    /// <exception cref="WorkerStartException">The worker ended instead of reporting.</exception>
    public static async Task<FunctionsHost> StartAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var app = Repository.FunctionsDirectory;
        var log = new HostLog();
        var channel = new WorkerChannel(log);
        var server = await ListenAsync(channel);
        var process = StartWorker(app, new Uri(server.Urls.Single()), settings);
        var host = new FunctionsHost(server, channel, process, log, new AppSettings(settings));
        try
        {
            await host.LoadAsync(app);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>A handler for clients whose requests go to this host, whatever address they name.</summary>
    public HttpMessageHandler CreateHandler() => new HostHandler(Address);

    /// <summary>Fires a timer, whatever its schedule.</summary>
    /// <returns>How the function ended.</returns>
    public Task<InvocationResponse> FireAsync(string timer) => _worker.InvokeAsync(
        Functions.Single(function => function.IsTimer && function.Name == timer).Invocation(
            Guid.NewGuid().ToString(), new TypedData { Json = """{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}""" }));

    /// <summary>Ends the worker as a crash would.</summary>
    public Task KillWorkerAsync() => _process.KillAsync();

    /// <summary>Ends the worker as the platform does when it takes an instance away: it may end the requests that it has begun.</summary>
    public Task StopWorkerAsync()
    {
        _worker.Send(new() { WorkerTerminate = new() });
        return _process.Exited.WaitAsync(StopTimeout);
    }

    /// <summary>Ends both.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_front is not null)
        {
            await _front.DisposeAsync();
        }

        if (!_process.Exited.IsCompleted)
        {
            try
            {
                await StopWorkerAsync();
            }
            catch (TimeoutException)
            {
                // Disposing kills it.
            }
        }

        await _process.DisposeAsync();
        await _protocolServer.DisposeAsync();
    }

    private static async Task<WebApplication> ListenAsync(WorkerChannel channel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(channel);
        var server = builder.Build();
        server.MapGrpcService<WorkerService>();
        await server.StartAsync();
        return server;
    }

    private static ChildProcess StartWorker(string app, Uri address, IReadOnlyDictionary<string, string?> settings) => ChildProcess.Start(
        "dotnet",
        [
            Path.Combine(app, "AiFunctions.dll"),
            "--functions-uri", address.ToString(),
            "--functions-worker-id", "worker",
            "--functions-request-id", "start",
            "--functions-grpc-max-message-length", "2147483647",
        ],
        app,
        [
            .. settings,
            new("FUNCTIONS_WORKER_DIRECTORY", app),
            new("FUNCTIONS_APPLICATION_DIRECTORY", app),
        ]);

    /// <summary>The worker reports before its web server listens. The real host tries again for as long as nobody listens.</summary>
    private static async Task WaitUntilListeningAsync(Uri address)
    {
        using var timeout = new CancellationTokenSource(StartTimeout);
        while (true)
        {
            using var connection = new TcpClient();
            try
            {
                await connection.ConnectAsync(address.Host, address.Port, timeout.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(Poll, timeout.Token);
            }
        }
    }

    private async Task LoadAsync(string app)
    {
        if (await Task.WhenAny(_worker.Connected, _process.Exited).WaitAsync(StartTimeout) == _process.Exited)
        {
            throw new WorkerStartException(await _process.Exited, Log);
        }

        var started = await _worker.AskAsync(
            new() { WorkerInitRequest = new() { HostVersion = "4.0.0", WorkerDirectory = app, FunctionAppDirectory = app } });
        Capabilities = started.WorkerInitResponse.Capabilities.ToDictionary();
        var indexed = await _worker.AskAsync(new() { FunctionsMetadataRequest = new() { FunctionAppDirectory = app } });
        Functions = [.. indexed.FunctionMetadataResponse.Functions.Select(function => new HostFunction(function, _settings))];
        foreach (var function in Functions)
        {
            var loaded = await _worker.AskAsync(new() { FunctionLoadRequest = new() { FunctionId = function.Metadata.FunctionId, Metadata = function.Metadata } });
            Assert.True(loaded.FunctionLoadResponse.Result.Status == HostFunction.Success, $"{function.Name}: {loaded.FunctionLoadResponse.Result.Exception?.Message}");
            if (function.MissingSetting is { } setting)
            {
                _log.Add($"The '{function.Name}' function is in error: '%{setting}%' does not resolve to a value.");
            }
        }

        var web = Capabilities["HttpUri"];
        await WaitUntilListeningAsync(new Uri(web));

        // It sorts them, so a function that takes everything must come last by name too.
        _front = await HostFront.StartAsync(
            _worker, web, [.. Functions.OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)], new HostFile(app), _settings, _log);
    }
}
