namespace AiFunctions.Local.Startup;

/// <summary>Runs the host, and ends it without being held up.</summary>
internal static class HostEnd
{
    // The telemetry's exporters wait for seconds each when nobody takes what they still have.
    private static readonly TimeSpan LongestDisposal = TimeSpan.FromSeconds(2);

    /// <summary>Runs until the host is told to stop; then disposes of it, but waits for that no longer than two seconds.</summary>
    public static async Task RunToItsEndAsync(this WebApplication app)
    {
        try
        {
            await app.StartAsync();
            await app.WaitForShutdownAsync();
        }
        finally
        {
            // On a thread of its own: exporters block the one that they are disposed on.
            await Task.Run(async () => await app.DisposeAsync()).WaitAsync(LongestDisposal).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
