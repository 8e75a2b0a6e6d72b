using System.Diagnostics;

namespace AiFunctions.TestHosts;

/// <summary>A child whose output is kept, and which does not outlive the test run.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process = new();
    private readonly Lock _gate = new();
    private readonly List<(bool IsError, string Text)> _lines = [];
    private readonly List<(Func<string, bool> Match, TaskCompletionSource<string> Found)> _waiting = [];

    private ChildProcess(ProcessStartInfo start)
    {
        _process.StartInfo = start;
        _process.OutputDataReceived += (_, line) => Keep(isError: false, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(isError: true, line.Data);
        _process.Start();
        Id = _process.Id;
        Reaper.Watch(Id);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Exited = WaitForExitAsync();
    }

    public int Id { get; }

    /// <summary>Completes with the exit code once the process is gone and all of its output has been read.</summary>
    public Task<int> Exited { get; }

    /// <summary>Both outputs, line by line in the order in which they were read.</summary>
    public string Output => Joined(_ => true);

    public string StandardOutput => Joined(line => !line.IsError);

    public string StandardError => Joined(line => line.IsError);

    /// <summary>Starts a program, its environment being ours with the changes given; null removes a variable.</summary>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, string workingDirectory, IEnumerable<KeyValuePair<string, string?>>? environment = null)
    {
        if (ProcessSignal.IsInterruptIgnored())
        {
            arguments = ["--default-signal=INT", program, .. arguments];
            program = "env";
        }

        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
            if (value is null)
            {
                start.Environment.Remove(name);
            }
        }

        return new ChildProcess(start);
    }

    /// <summary>The first line, of those printed already or to come, that matches.</summary>
    /// <exception cref="InvalidOperationException">The process ended without printing one; the message has all of its output.</exception>
    public async Task<string> WaitForLineAsync(Func<string, bool> match, TimeSpan timeout)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lines.Find(line => match(line.Text)) is { Text: { } text })
            {
                return text;
            }

            _waiting.Add((match, found));
        }

        try
        {
            if (await Task.WhenAny(found.Task, Exited).WaitAsync(timeout) == Exited && !found.Task.IsCompleted)
            {
                throw new InvalidOperationException($"It ended with exit code {await Exited}:\n{Output}");
            }
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"The line did not come within {timeout.TotalSeconds} s:\n{Output}", error);
        }

        return await found.Task;
    }

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public void CloseInput() => _process.StandardInput.Close();

    public void Interrupt() => ProcessSignal.SendInterrupt(Id);

    /// <summary>SIGKILL to this one process, and none of its children.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await Exited.WaitAsync(KillTimeout);
    }

    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Keep(bool isError, string? text)
    {
        if (text is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Add((isError, text));
            foreach (var (match, found) in _waiting)
            {
                if (match(text))
                {
                    found.TrySetResult(text);
                }
            }
        }
    }

    private string Joined(Func<(bool IsError, string Text), bool> which)
    {
        lock (_gate)
        {
            return string.Join('\n', _lines.Where(which).Select(line => line.Text));
        }
    }

    private async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        Reaper.Forget(Id);
        return _process.ExitCode;
    }
}
