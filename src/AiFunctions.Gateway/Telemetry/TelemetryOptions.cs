namespace AiFunctions.Gateway.Telemetry;

/// <summary>Where telemetry goes. The settings have their standard names, at the root of the configuration.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>The setting with Application Insights' connection string.</summary>
    public const string ConnectionStringSetting = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>The setting that says how Application Insights is signed in to.</summary>
    public const string AuthenticationSetting = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <summary>The setting with the address of an OpenTelemetry collector.</summary>
    public const string OtlpEndpointSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Application Insights' connection string; null for none.</summary>
    public string? ConnectionString { get; set; }

    /// <summary><c>Authorization=AAD</c>, and <c>ClientId=…</c> for a user-assigned identity; null for the connection string alone.</summary>
    public string? Authentication { get; set; }

    /// <summary>The collector's address; null for none.</summary>
    public string? OtlpEndpoint { get; set; }
}
