using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Settings;

/// <summary>Says in one line each which settings stopped the start.</summary>
public static partial class SettingsFailure
{
    /// <summary>The lines for a start that settings stopped; null for one that they did not. No line has a setting's value in it.</summary>
    /// <param name="exception">What the start threw.</param>
    public static IEnumerable<string>? Explain(Exception exception) => exception switch
    {
        OptionsValidationException e => e.Failures,
        AggregateException e when e.InnerExceptions.All(inner => Explain(inner) is not null) => e.InnerExceptions.SelectMany(inner => Explain(inner)!),

        // The configuration binder, on a value of the wrong type.
        InvalidOperationException e when ConversionFault().Match(e.Message) is { Success: true } fault =>
            [$"{fault.Groups["setting"].Value.Replace(":", "__", StringComparison.Ordinal)} must be {Describe(fault.Groups["type"].Value)}."],
        _ => null,
    };

    private static string Describe(string type) => type switch
    {
        "System.Int32" or "System.Int64" => "a whole number",
        "System.Boolean" => "true or false",
        "System.Uri" => "an address",
        _ when typeof(SettingsFailure).Assembly.GetType(type) is { IsEnum: true } choice => $"one of {string.Join(", ", Enum.GetNames(choice))}",
        _ => "of another type",
    };

    // The value is left out: somebody may have put a secret in the wrong place.
    [GeneratedRegex("^Failed to convert configuration value .* at '(?<setting>[^']+)' to type '(?<type>[^']+)'", RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex ConversionFault();
}
