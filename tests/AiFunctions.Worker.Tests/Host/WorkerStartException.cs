namespace AiFunctions.Worker.Tests.Host;

/// <summary>A worker ended instead of reporting to its host.</summary>
internal sealed class WorkerStartException(int exitCode, IReadOnlyList<string> log)
    : Exception($"The worker ended with {exitCode}: {string.Join('\n', log)}")
{
    /// <summary>The worker's exit code.</summary>
    public int ExitCode => exitCode;

    /// <summary>The host's log.</summary>
    public IReadOnlyList<string> Log => log;
}
