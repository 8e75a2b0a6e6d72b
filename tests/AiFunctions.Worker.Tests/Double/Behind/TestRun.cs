using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AiFunctions.Worker.Tests.Double;

/// <summary>The real <see cref="Program"/>, run on the double of the worker.</summary>
internal sealed class TestRun : IAsyncDisposable
{
    /// <summary>A management key that the runs accept.</summary>
    public const string ManagementKey = "management-key-of-the-worker-tests-0123456789";

    private static readonly AsyncLocal<TestRun?> Starting = new();
    private Task _main = Task.CompletedTask;

    private TestRun()
    {
    }

    /// <summary>The run that the calling code is being started for.</summary>
    public static TestRun Current => Starting.Value ?? throw new InvalidOperationException("Program was not started by a test.");

    /// <summary>What runs in place of a function's method, by the function's name.</summary>
    public ConcurrentDictionary<string, RequestDelegate> InPlaceOf { get; } = new();

    /// <summary>The functions that ran, in order.</summary>
    public ConcurrentQueue<string> Executed { get; } = new();

    /// <summary>The functions whose invocation ended without a result.</summary>
    public ConcurrentBag<string> WithoutResponse { get; } = [];

    /// <summary>What escaped from invocations.</summary>
    public ConcurrentBag<Exception> Failures { get; } = [];

    public CapturedLogs Logs { get; } = new();

    public TaskCompletionSource<Uri> Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FunctionExecutionDelegate? Pipeline { get; set; }

    public IServiceProvider? Services { get; set; }

    public HttpClient Client { get; } = new();

    /// <summary>Runs <see cref="Program"/> until disposed, with no storage to be reached.</summary>
    /// <param name="settings">Settings over the usual ones, as command-line arguments.</param>
    public static async Task<TestRun> StartAsync(params string[] settings)
    {
        var run = new TestRun();
        Starting.Value = run;
        string[] all =
        [
            "--Storage:ConnectionString=AccountName=none;AccountKey=bm9uZQ==;TableEndpoint=http://127.0.0.1:1/none;",
            $"--Management:Key={ManagementKey}",
            "--Upstreams:0:Name=simulator",
            "--Upstreams:0:Kind=Simulator",
            "--Upstreams:0:Models:0=*",
            .. settings,
        ];
        run._main = Task.Factory.StartNew(
            () => Program.Main(all), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await await Task.WhenAny(run.Started.Task, run._main);
        run.Client.BaseAddress = await run.Started.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return run;
    }

    /// <summary>The last step of the worker's pipeline: runs the function.</summary>
    public async Task ExecuteAsync(FunctionContext context)
    {
        Executed.Enqueue(context.FunctionDefinition.Name);
        if (context.GetHttpContext() is not { } http || context.FunctionDefinition is not DoubleFunction function)
        {
            return;
        }

        if (InPlaceOf.TryGetValue(function.Name, out var replacement))
        {
            await replacement(http);
            context.GetInvocationResult().Value = Results.Empty;
        }
        else
        {
            context.GetInvocationResult().Value = await (Task<IResult>)function.Method.Invoke(null, [http.Request])!;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Services!.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await _main;
    }
}
