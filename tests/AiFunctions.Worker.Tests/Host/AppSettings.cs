using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace AiFunctions.Worker.Tests.Host;

/// <summary>The app settings as the host looks them up: environment variables in whose names <c>__</c> has become a colon.</summary>
/// <param name="changes">What differs from our own environment, which the worker inherits; null removes a variable.</param>
internal sealed partial class AppSettings(IEnumerable<KeyValuePair<string, string?>> changes)
{
    private readonly IConfiguration _values = new ConfigurationBuilder()
        .AddEnvironmentVariables()
        .AddInMemoryCollection(changes.Select(variable => KeyValuePair.Create(variable.Key.Replace("__", ":", StringComparison.Ordinal), variable.Value)))
        .Build();

    /// <summary>A setting's value by the host's own name for it; null when there is none.</summary>
    public string? this[string name] => _values[name];

    /// <summary>Puts settings in the place of each <c>%Name%</c>.</summary>
    /// <param name="text">The text with the names.</param>
    /// <param name="missing">The name that there is no setting for, if any.</param>
    public string Resolve(string text, out string? missing)
    {
        string? unknown = null;
        var resolved = Reference().Replace(text, match =>
        {
            var value = _values[match.Groups["name"].Value];
            unknown ??= string.IsNullOrEmpty(value) ? match.Groups["name"].Value : null;
            return value ?? "";
        });
        missing = unknown;
        return resolved;
    }

    [GeneratedRegex("%(?<name>[^%]+)%")]
    private static partial Regex Reference();
}
