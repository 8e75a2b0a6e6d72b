using System.Diagnostics;
using System.Text.RegularExpressions;

namespace AiFunctions.Local.Tests.Fixtures;

/// <summary>The built Local host, running as a process of its own in a directory of its own.</summary>
internal sealed partial class LocalHost : FrontDoor
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private readonly TemporaryDirectory? _ownDirectory;

    private LocalHost(ChildProcess process, string directory, TemporaryDirectory? ownDirectory, string? managementKey, HttpMessageHandler? handler)
        : base(managementKey, handler)
    {
        _process = process;
        _ownDirectory = ownDirectory;
        WorkingDirectory = directory;
    }

    public string WorkingDirectory { get; }

    public override bool IsBehindHost => false;

    public override bool KeepsRequestLog => true;

    public override int ProcessId => _process.Id;

    public override string Output => _process.Output;

    public override Task<int> Exited => _process.Exited;

    /// <summary>Starts the host and waits until it serves.</summary>
    /// <param name="settings">Environment settings, on top of a random management key, no demo client, no Azurite of its own and no blocks for violations.</param>
    /// <param name="directory">The working directory; by default a new one that is deleted in the end.</param>
    /// <param name="url">The address that it listens on.</param>
    /// <param name="handler">What the client sends by; by default, what trusts the certificates that the system does.</param>
    /// <param name="program">The program; by default, the one that was built with the tests.</param>
    public static async Task<LocalHost> StartAsync(
        IReadOnlyDictionary<string, string?> settings, string? directory = null, string url = "http://127.0.0.1:0", HttpMessageHandler? handler = null,
        string? program = null)
    {
        var host = Launch(settings, directory, url, handler, program);
        try
        {
            await host.WaitUntilReadyAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the process and waits for nothing: for starts that are to fail.</summary>
    public static LocalHost Launch(
        IReadOnlyDictionary<string, string?> settings, string? directory = null, string url = "http://127.0.0.1:0", HttpMessageHandler? handler = null,
        string? program = null)
    {
        RunningFrontDoor.SkipFor("a host of its own, with settings of its own");
        var environment = FrontDoors.Environment(settings);
        environment.TryAdd("Local__DemoClient", "false");
        environment.TryAdd("Storage__StartAzurite", "false");
        var own = directory is null ? new TemporaryDirectory() : null;
        directory ??= own!.Path;
        var process = program is null
            ? ChildProcess.Start(DotNet(), [Path.Combine(Repository.HostDirectory, "AiFunctions.Local.dll"), "--urls", url], directory, environment)
            : ChildProcess.Start(program, ["--urls", url], directory, environment);
        return new LocalHost(process, directory, own, environment["Management__Key"], handler);
    }

    public override async Task<(int ExitCode, IReadOnlyList<string> Lines)> WaitForFailedStartAsync()
    {
        var exitCode = await Exited.WaitAsync(StartTimeout);
        return (exitCode, Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Stops it as Ctrl-C does.</summary>
    /// <returns>How long it took.</returns>
    public override async Task<TimeSpan> StopAsync()
    {
        var started = Stopwatch.GetTimestamp();
        _process.Interrupt();
        await _process.Exited.WaitAsync(StopTimeout);
        var elapsed = Stopwatch.GetElapsedTime(started);
        TestContext.Current.TestOutputHelper?.WriteLine($"Stopped in {elapsed.TotalMilliseconds:0} ms.");
        return elapsed;
    }

    public override Task KillAsync() => _process.KillAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (!_process.Exited.IsCompleted)
        {
            try
            {
                await StopAsync();
            }
            catch (TimeoutException)
            {
                // Disposing kills it.
            }
        }

        await _process.DisposeAsync();
        _ownDirectory?.Dispose();
    }

    /// <summary>Waits for the address in the banner.</summary>
    protected override async Task<Uri> WaitUntilListeningAsync()
    {
        var line = await _process.WaitForLineAsync(line => AddressPattern().IsMatch(line), StartTimeout);
        return new Uri(AddressPattern().Match(line).Value);
    }

    /// <summary>By its full path, since a test may take the PATH away.</summary>
    private static string DotNet() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(directory => Path.Combine(directory, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"))
        .First(File.Exists);

    // An address with a path would be the storage emulator's.
    [GeneratedRegex(@"https?://127\.0\.0\.1:[1-9][0-9]*(?![0-9]|/devstoreaccount1)")]
    private static partial Regex AddressPattern();
}
