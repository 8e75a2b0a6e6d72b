using AiFunctions.Local.Azurite;
using Microsoft.Extensions.Options;

namespace AiFunctions.Local.Startup;

/// <summary>Says in one line each why the host did not start.</summary>
internal static class StartupFailure
{
    /// <summary>The lines for a failure that the user can mend; null for one that only a stack trace explains.</summary>
    public static IEnumerable<string>? Explain(Exception exception) => exception switch
    {
        OptionsValidationException e => e.Failures,
        AggregateException e when e.InnerExceptions.All(inner => Explain(inner) is not null) => e.InnerExceptions.SelectMany(inner => Explain(inner)!),
        AzuriteException e => [e.Message],

        // The configuration binder, on a value of the wrong type or a setting of an unknown name; and a file that is no JSON.
        InvalidOperationException { TargetSite.DeclaringType.Namespace: "Microsoft.Extensions.Configuration" } e => [FirstLine(e.Message)],
        InvalidDataException e => [FirstLine(e.Message)],

        // Kestrel, on an address that it cannot listen on.
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } e => [$"{FirstLine(e.Message)} Choose another with --urls."],
        _ => null,
    };

    private static string FirstLine(string message) => message.ReplaceLineEndings("\n").Split('\n')[0];
}
