using AiFunctions.Gateway.Telemetry;

namespace AiFunctions.Gateway.Tests.Telemetry;

public sealed class TelemetryOptionsTests
{
    private const string Good = "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/";

    [Theory]
    [InlineData(null, null, null, null)]
    [InlineData(Good, "Authorization=AAD", "http://localhost:4317", null)]
    [InlineData(Good, "Authorization=AAD;ClientId=6f9619ff-8b86-d011-b42d-00cf4fc964ff", null, null)]
    [InlineData("some text", null, null, "APPLICATIONINSIGHTS_CONNECTION_STRING")]
    [InlineData("InstrumentationKey=nonsense", null, null, "APPLICATIONINSIGHTS_CONNECTION_STRING")]
    [InlineData("IngestionEndpoint=https://host/", null, null, "APPLICATIONINSIGHTS_CONNECTION_STRING")]
    [InlineData(Good, "AAD", null, "APPLICATIONINSIGHTS_AUTHENTICATION_STRING")]
    [InlineData(Good, "Authorization=Basic", null, "APPLICATIONINSIGHTS_AUTHENTICATION_STRING")]
    [InlineData(null, null, "localhost:4317", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData(null, null, "ftp://host", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    public void A_bad_setting_is_named(string? connection, string? authentication, string? otlp, string? named)
    {
        var result = new TelemetryOptionsValidator().Validate(
            null, new TelemetryOptions { ConnectionString = connection, Authentication = authentication, OtlpEndpoint = otlp });

        Assert.Equal(named is null, result.Succeeded);
        if (named is not null)
        {
            Assert.StartsWith(named, Assert.Single(result.Failures!), StringComparison.Ordinal);
            Assert.DoesNotContain("some text", result.FailureMessage, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Authorization=AAD", "")]
    [InlineData("Authorization=aad;ClientId=x", "x")]
    [InlineData("ClientId=x", null)]
    public void Which_identity_signs_in_is_read(string text, string? clientId) => Assert.Equal(clientId, TelemetryOptionsValidator.ReadAuthentication(text));
}
