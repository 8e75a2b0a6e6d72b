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
    private readonly StringWriter _errors = new();
    private Task<int> _main = Task.FromResult(0);

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
        var run = Launch(settings);
        if (await Task.WhenAny(run.Started.Task, run._main) == run._main)
        {
            Assert.Fail($"It ended with {await run._main}: {run._errors}");
        }

        run.Client.BaseAddress = await run.Started.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return run;
    }

    /// <summary>Runs <see cref="Program"/> to its end: for starts that are to fail.</summary>
    /// <returns>The lines that say why.</returns>
    public static async Task<string[]> FailAsync(params string[] settings)
    {
        var run = Launch(settings);
        Assert.Equal(1, await run._main.WaitAsync(TimeSpan.FromSeconds(30)));
        return run._errors.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
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

    private static TestRun Launch(string[] settings)
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
            () => Program.Run(all, run._errors), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return run;
    }
}
