using System.Diagnostics;
using System.Net.Sockets;

namespace AiFunctions.ColdStart;

/// <summary>A program that serves HTTP, with a stopwatch beside it.</summary>
internal sealed class MeasuredProcess : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90); // Azurite may have to be installed.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(2);

    private readonly long _started;
    private readonly Process _process;

    /// <summary>Starts it.</summary>
    public MeasuredProcess(string program, IEnumerable<string> arguments, string directory, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _started = Stopwatch.GetTimestamp();
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, line) => Console.Error.Write(line.Data is null ? "" : line.Data + Environment.NewLine);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until it listens, sends it the same request twice and expects 200.</summary>
    public async Task<Start> MeasureAsync(Uri address, Func<HttpRequestMessage> request)
    {
        await WaitUntilItListensAsync(address);
        var listening = Stopwatch.GetElapsedTime(_started);
        using var http = new HttpClient();
        await SendAsync(http, request());
        var answered = Stopwatch.GetElapsedTime(_started);
        var second = Stopwatch.GetTimestamp();
        await SendAsync(http, request());
        return new Start(listening, answered, Stopwatch.GetElapsedTime(second));
    }

    /// <summary>Waits until it accepts connections.</summary>
    /// <exception cref="InvalidOperationException">It has ended, or it takes too long.</exception>
    public async Task WaitUntilItListensAsync(Uri address)
    {
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(address.Host, address.Port);
                return;
            }
            catch (SocketException)
            {
                if (_process.HasExited || Stopwatch.GetElapsedTime(_started) > Longest)
                {
                    throw new InvalidOperationException("The program has not started.");
                }

                await Task.Delay(Poll);
            }
        }
    }

    /// <summary>Ends it, and what it has started.</summary>
    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task SendAsync(HttpClient http, HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await http.SendAsync(request);
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsByteArrayAsync();
        }
    }
}
