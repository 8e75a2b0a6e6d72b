using System.Diagnostics;

namespace AiFunctions.Worker.Tests.Host;

/// <summary>The built Functions app under a host, both running for one test.</summary>
/// <param name="starting">The host, as soon as the worker has reported.</param>
/// <param name="managementKey">The management key in the app's settings.</param>
internal sealed class WorkerFrontDoor(Task<FunctionsHost> starting, string? managementKey) : FrontDoor(managementKey)
{
    private const string Marked = "error: ";

    public override bool IsBehindHost => true;

    public override bool KeepsRequestLog => false;

    public override int ProcessId => Host.ProcessId;

    public override string Output => starting.IsCompletedSuccessfully ? Host.EverythingSaid : "";

    public override Task<int> Exited => Host.Exited;

    private FunctionsHost Host => starting.GetAwaiter().GetResult();

    /// <summary>The host logs of the worker's lines those that are marked as errors.</summary>
    public override async Task<(int ExitCode, IReadOnlyList<string> Lines)> WaitForFailedStartAsync()
    {
        var failure = await Assert.ThrowsAsync<WorkerStartException>(() => starting);
        return (failure.ExitCode, [.. failure.Log.Select(line => line.StartsWith(Marked, StringComparison.Ordinal) ? line[Marked.Length..] : line)]);
    }

    /// <summary>Ends the worker as the platform does when it takes an instance away.</summary>
    /// <returns>How long it took.</returns>
    public override async Task<TimeSpan> StopAsync()
    {
        var started = Stopwatch.GetTimestamp();
        await Host.StopWorkerAsync();
        return Stopwatch.GetElapsedTime(started);
    }

    public override Task KillAsync() => Host.KillWorkerAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        try
        {
            await (await starting).DisposeAsync();
        }
        catch (WorkerStartException)
        {
            // Nothing is left of it.
        }
    }

    protected override async Task<Uri> WaitUntilListeningAsync() => (await starting).Address;
}
