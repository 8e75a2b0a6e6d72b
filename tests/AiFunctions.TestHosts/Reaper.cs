using System.Diagnostics;

namespace AiFunctions.TestHosts;

/// <summary>A helper process that outlives a killed test run just long enough to end its children and delete its directories.</summary>
internal static class Reaper
{
    private static readonly Lock Gate = new();
    private static readonly Process Child = Start();

    public static void Watch(int processId) => Tell($"process {processId}");

    public static void Forget(int processId) => Tell($"ended {processId}");

    public static void Watch(string directory) => Tell($"directory {directory}");

    private static void Tell(string line)
    {
        lock (Gate)
        {
            Child.StandardInput.WriteLine(line);
            Child.StandardInput.Flush();
        }
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo("node", [Repository.Path("tests/AiFunctions.TestHosts/reaper.mjs")])
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        return Process.Start(start) ?? throw new InvalidOperationException("node could not be started.");
    }
}
