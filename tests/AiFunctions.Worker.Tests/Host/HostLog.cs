using System.Collections.Concurrent;
using AiFunctions.Worker.Tests.Host.Protocol;

namespace AiFunctions.Worker.Tests.Host;

/// <summary>The host's log at the level that <c>host.json</c> asks for: warnings and worse.</summary>
internal sealed class HostLog
{
    private const int Warning = 3;
    private static readonly string[] Loud = ["warn", "error", "fail", "severe", "unhandled exception"];

    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>What was logged.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>Everything the worker sent to be logged, at whatever level, with its exceptions.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    /// <summary>Logs a line of the host's own.</summary>
    public void Add(string line) => _lines.Enqueue(line);

    /// <summary>Takes what the worker sent to be logged.</summary>
    public void Add(RpcLog log)
    {
        var line = $"{log.Category}: {log.Message} {log.Exception?.Message} {log.Exception?.StackTrace}";
        Sent.Enqueue(line);
        if (log.Level >= Warning)
        {
            _lines.Enqueue(line);
        }
    }

    /// <summary>Of what a worker writes on its standard error stream, the lines that the host takes for warnings or errors: it goes by their words.</summary>
    public static IReadOnlyList<string> From(string standardError) =>
        [.. standardError.Split('\n').Where(line => Loud.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase)))];
}
