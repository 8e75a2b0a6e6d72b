namespace AiFunctions.Gateway.AnomalyDetection;

/// <summary>How clients' activity is watched. Section <c>AnomalyDetection</c>.</summary>
internal sealed class AnomalyDetectionOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "AnomalyDetection";

    internal const int LongestBlockSeconds = 30 * 86_400;

    /// <summary>Where activity is read from; by default Log Analytics if there is a <see cref="WorkspaceId"/>, and else the table.</summary>
    public AnomalySource? Source { get; set; }

    /// <summary>When the scan runs: an NCRONTAB expression of six fields, in UTC.</summary>
    public string Schedule { get; set; } = "0 */5 * * * *";

    /// <summary>The Log Analytics workspace's id, a GUID.</summary>
    public string? WorkspaceId { get; set; }

    /// <summary>Where Log Analytics is asked. Other clouds have other addresses.</summary>
    public Uri QueryEndpoint { get; set; } = new("https://api.loganalytics.azure.com");

    /// <summary>Whether a client with an anomaly of high severity is blocked.</summary>
    public bool AutoBlock { get; set; }

    /// <summary>How long such a block lasts, in seconds, 60 to 2 592 000 (30 days).</summary>
    public int AutoBlockSeconds { get; set; } = 3_600;

    /// <summary>The source in the end.</summary>
    internal AnomalySource EffectiveSource => Source ?? (string.IsNullOrWhiteSpace(WorkspaceId) ? AnomalySource.Table : AnomalySource.LogAnalytics);
}
