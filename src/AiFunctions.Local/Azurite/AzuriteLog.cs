namespace AiFunctions.Local.Azurite;

internal static partial class AzuriteLog
{
    [LoggerMessage(1, LogLevel.Warning,
        "Azurite has ended by itself (exit code {ExitCode}): requests are refused until storage answers again. "
        + "Restart this host, or start Azurite on port {Port}.")]
    public static partial void EndedByItself(ILogger logger, int exitCode, int port);
}
