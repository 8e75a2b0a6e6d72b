using System.Data.Common;
using Microsoft.Extensions.Options;
using static AiFunctions.Gateway.Telemetry.TelemetryOptions;

namespace AiFunctions.Gateway.Telemetry;

/// <summary>Checks the telemetry settings at start.</summary>
internal sealed class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>
{
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options)
    {
        var failures = new List<string>();
        if (options.ConnectionString is not null && !IsConnectionString(options.ConnectionString))
        {
            failures.Add($"{ConnectionStringSetting} must be a connection string with an InstrumentationKey, as Application Insights shows it.");
        }

        if (options.Authentication is not null && ReadAuthentication(options.Authentication) is null)
        {
            failures.Add($"{AuthenticationSetting} must be Authorization=AAD, with ;ClientId=... for a user-assigned identity.");
        }

        if (options.OtlpEndpoint is not null && !(Uri.TryCreate(options.OtlpEndpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            failures.Add($"{OtlpEndpointSetting} must be an http or https address, such as http://localhost:4317.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Reads <see cref="Authentication"/>: the client id of a user-assigned identity, or empty for the system's; null when it is not well formed.</summary>
    internal static string? ReadAuthentication(string text)
    {
        var parts = Parse(text);
        return parts is not null && parts.TryGetValue("Authorization", out var kind) && "AAD".Equals(kind as string, StringComparison.OrdinalIgnoreCase)
            ? parts.TryGetValue("ClientId", out var id) ? (string)id : ""
            : null;
    }

    private static bool IsConnectionString(string text) =>
        Parse(text) is { } parts && parts.TryGetValue("InstrumentationKey", out var key) && Guid.TryParse(key as string, out _);

    private static DbConnectionStringBuilder? Parse(string text)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = text };
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
