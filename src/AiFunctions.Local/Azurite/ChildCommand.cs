using System.ComponentModel;
using System.Diagnostics;

namespace AiFunctions.Local.Azurite;

/// <summary>Finds and runs the command-line programs that Azurite needs.</summary>
internal static class ChildCommand
{
    /// <summary>The full path of a program on <c>PATH</c>, or <see langword="null"/>.</summary>
    public static string? Find(string name)
    {
        var extensions = OperatingSystem.IsWindows() ? new[] { ".exe", ".cmd" } : [""];
        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .SelectMany(_ => extensions, (directory, extension) => Path.Combine(directory, name + extension))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Runs a program to its end, its output kept from the console.</summary>
    /// <returns>The exit code and the lines of both outputs, as they came.</returns>
    /// <exception cref="Win32Exception">The program cannot be run.</exception>
    public static async Task<(int ExitCode, IReadOnlyList<string> Lines)> RunAsync(
        string program, IEnumerable<string> arguments, string workingDirectory, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo(program, arguments) };
        process.StartInfo.WorkingDirectory = workingDirectory;
        var lines = new List<string>();
        void Keep(object _, DataReceivedEventArgs line)
        {
            if (!string.IsNullOrWhiteSpace(line.Data))
            {
                lock (lines)
                {
                    lines.Add(line.Data.Trim());
                }
            }
        }

        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, lines);
    }

    /// <summary>A child with all three streams redirected: nothing it says reaches our console, nothing we read is taken by it.</summary>
    public static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments) => new(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
        CreateNoWindow = true,
    };
}
