using System.Runtime.InteropServices;

namespace AiFunctions.TestHosts;

/// <summary>Signals by number, as <c>kill(2)</c> takes them.</summary>
internal static class ProcessSignal
{
    private const int Interrupt = 2;

    /// <summary>What Ctrl-C sends, to this one process.</summary>
    public static void SendInterrupt(int processId)
    {
        if (kill(processId, Interrupt) != 0)
        {
            throw new InvalidOperationException($"kill failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Whether this process, and so its children, were started with SIGINT ignored, as background jobs of a script are.</summary>
    public static bool IsInterruptIgnored()
    {
        const string Field = "SigIgn:";
        if (!File.Exists("/proc/self/status"))
        {
            return false;
        }

        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return (Convert.ToUInt64(line[Field.Length..].Trim(), 16) & (1UL << (Interrupt - 1))) != 0;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int processId, int signal);
}
