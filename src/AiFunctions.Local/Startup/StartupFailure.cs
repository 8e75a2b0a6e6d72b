using System.Net.Sockets;
using AiFunctions.Gateway.Settings;
using AiFunctions.Local.Azurite;

namespace AiFunctions.Local.Startup;

/// <summary>Says in one line each why the host did not start.</summary>
internal static class StartupFailure
{
    /// <summary>The lines for a failure that the user can mend; null for one that only a stack trace explains.</summary>
    public static IEnumerable<string>? Explain(Exception exception) => exception switch
    {
        AggregateException e when e.InnerExceptions.All(inner => Explain(inner) is not null) => e.InnerExceptions.SelectMany(inner => Explain(inner)!),
        AzuriteException e => [e.Message],

        // A settings file that is no JSON.
        InvalidDataException e => [FirstLine(e.Message)],

        UnauthorizedAccessException e => [$"{FirstLine(e.Message)} Start it in a directory that it may write to."],
        OperationCanceledException => [], // stopped before it had started
        FormatException e => [FirstLine(e.Message)],
        SocketException e => [$"It cannot listen on the address given: {FirstLine(e.Message)}. Choose another with --urls."],

        // Kestrel, on an address that it cannot listen on.
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } e => [$"{FirstLine(e.Message)} Choose another with --urls."],
        _ => SettingsFailure.Explain(exception),
    };

    private static string FirstLine(string message) => message.ReplaceLineEndings("\n").Split('\n')[0];
}
