using System.Net.Sockets;
using System.Text.RegularExpressions;
using AiFunctions.Gateway.Upstreams;
using AiFunctions.Local.Azurite;
using Microsoft.Extensions.Options;

namespace AiFunctions.Local.Startup;

/// <summary>Says in one line each why the host did not start.</summary>
internal static partial class StartupFailure
{
    /// <summary>The lines for a failure that the user can mend; null for one that only a stack trace explains.</summary>
    public static IEnumerable<string>? Explain(Exception exception) => exception switch
    {
        OptionsValidationException e => e.Failures,
        AggregateException e when e.InnerExceptions.All(inner => Explain(inner) is not null) => e.InnerExceptions.SelectMany(inner => Explain(inner)!),
        AzuriteException e => [e.Message],

        // The configuration binder, on a value of the wrong type; and a settings file that is no JSON.
        InvalidOperationException e when ConversionFault().Match(e.Message) is { Success: true } fault =>
            [$"{fault.Groups["setting"].Value.Replace(":", "__", StringComparison.Ordinal)} must be {Describe(fault.Groups["type"].Value)}."],
        InvalidDataException e => [FirstLine(e.Message)],

        UnauthorizedAccessException e => [$"{FirstLine(e.Message)} Start it in a directory that it may write to."],
        OperationCanceledException => [], // stopped before it had started
        FormatException e => [FirstLine(e.Message)],
        SocketException e => [$"It cannot listen on the address given: {FirstLine(e.Message)}. Choose another with --urls."],

        // Kestrel, on an address that it cannot listen on.
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } e => [$"{FirstLine(e.Message)} Choose another with --urls."],
        _ => null,
    };

    private static string Describe(string type) => type switch
    {
        "System.Int32" or "System.Int64" => "a whole number",
        "System.Boolean" => "true or false",
        "System.Uri" => "an address",
        _ when typeof(UpstreamOptions).Assembly.GetType(type) is { IsEnum: true } choice => $"one of {string.Join(", ", Enum.GetNames(choice))}",
        _ => "of another type",
    };

    // The value is left out: somebody may have put a secret in the wrong place.
    [GeneratedRegex("^Failed to convert configuration value .* at '(?<setting>[^']+)' to type '(?<type>[^']+)'", RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex ConversionFault();

    private static string FirstLine(string message) => message.ReplaceLineEndings("\n").Split('\n')[0];
}
