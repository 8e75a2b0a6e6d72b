using AiFunctions.Gateway.AnomalyDetection;

namespace AiFunctions.Gateway.Tests.AnomalyDetection;

public class AnomalyDetectionOptionsTests
{
    private const string Workspace = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";

    [Theory]
    [InlineData(null, null, null, null, 3_600, null)]
    [InlineData("LogAnalytics", "0 0 * * * MON-FRI", Workspace, "https://api.loganalytics.us", 60, null)]
    [InlineData("Table", null, null, "http://127.0.0.1:5000", 60, null)]
    [InlineData("7", null, null, null, 60, "AnomalyDetection__Source")]
    [InlineData("LogAnalytics", null, null, null, 60, "AnomalyDetection__WorkspaceId")]
    [InlineData(null, null, "workspace", null, 60, "AnomalyDetection__WorkspaceId")]
    [InlineData(null, "*/5 * * * *", null, null, 60, "AnomalyDetection__Schedule")]
    [InlineData(null, "every day", null, null, 60, "AnomalyDetection__Schedule")]
    [InlineData(null, null, null, "http://api.loganalytics.azure.com", 60, "AnomalyDetection__QueryEndpoint")]
    [InlineData(null, null, null, "api", 60, "AnomalyDetection__QueryEndpoint")]
    [InlineData(null, null, null, null, 59, "AnomalyDetection__AutoBlockSeconds")]
    public void Bad_settings_are_named(string? source, string? schedule, string? workspace, string? endpoint, int seconds, string? named)
    {
        var options = new AnomalyDetectionOptions { WorkspaceId = workspace, AutoBlockSeconds = seconds };
        options.Source = source is null ? null : Enum.Parse<AnomalySource>(source);
        options.Schedule = schedule ?? options.Schedule;
        options.QueryEndpoint = endpoint is null ? options.QueryEndpoint : new Uri(endpoint, UriKind.RelativeOrAbsolute);

        var result = new AnomalyDetectionOptionsValidator().Validate(null, options);

        Assert.Equal(named is null, result.Succeeded);
        Assert.StartsWith(named ?? "", result.FailureMessage ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, AnomalySource.Table)]
    [InlineData(null, Workspace, AnomalySource.LogAnalytics)]
    [InlineData(AnomalySource.Table, Workspace, AnomalySource.Table)]
    public void Without_a_source_it_is_the_workspace_if_there_is_one(object? source, string? workspace, object expected) =>
        Assert.Equal(expected, new AnomalyDetectionOptions { Source = (AnomalySource?)source, WorkspaceId = workspace }.EffectiveSource);
}
