using System.Diagnostics;
using System.Globalization;

namespace AiFunctions.Local.Azurite;

/// <summary>
/// A running Azurite. It lives for as long as its standard input is open, so that it ends with this process however that ends.
/// </summary>
internal sealed class AzuriteProcess : IDisposable
{
    /// <summary>The exit code with which <c>start-azurite.mjs</c> says that another process has the port.</summary>
    public const int PortTaken = 98;

    private static readonly TimeSpan CleanStopTimeout = TimeSpan.FromMilliseconds(1200);
    private static readonly TimeSpan KillTimeout = TimeSpan.FromMilliseconds(300);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _lastLine;

    private AzuriteProcess(Process process, TimeProvider time)
    {
        _process = process;
        _time = time;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Exited = WaitForExitAsync();
    }

    /// <summary>Completes when table requests are answered.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Completes with the exit code once the process is gone and its output is read.</summary>
    public Task<int> Exited { get; }

    /// <summary>The last line that it printed, if any.</summary>
    public string? LastLine => _lastLine;

    /// <summary>Starts Azurite's table service.</summary>
    public static AzuriteProcess Start(
        NodeRuntime runtime, string script, string npmDirectory, Uri endpoint, string dataDirectory, TimeProvider time)
    {
        var start = ChildCommand.StartInfo(runtime.Node,
        [
            script,
            npmDirectory,
            DevelopmentStorage.ListenAddress(endpoint),
            endpoint.Port.ToString(CultureInfo.InvariantCulture),
            dataDirectory,
        ]);

        // Azurite would read other accounts from the environment, and then refuse ours.
        start.Environment.Remove("AZURITE_ACCOUNTS");
        return new AzuriteProcess(new Process { StartInfo = start }, time);
    }

    /// <summary>Lets it save its data and end, and kills it if it takes longer than 1.2 s.</summary>
    public async Task StopAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended by itself.
        }

        if (!await ExitsWithinAsync(CleanStopTimeout))
        {
            _process.Kill(entireProcessTree: true);
            await ExitsWithinAsync(KillTimeout);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private void Read(string? line)
    {
        if (line == "ready")
        {
            _ready.TrySetResult();
        }
        else if (!string.IsNullOrWhiteSpace(line))
        {
            _lastLine = line;
        }
    }

    private async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    private async Task<bool> ExitsWithinAsync(TimeSpan timeout)
    {
        try
        {
            await Exited.WaitAsync(timeout, _time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
