namespace AiFunctions.Gateway.AnomalyDetection;

/// <summary>Where the anomaly scan reads clients' activity from.</summary>
internal enum AnomalySource
{
    /// <summary>Tables of the deployment's own.</summary>
    Table,

    /// <summary>The workspace that Application Insights writes to.</summary>
    LogAnalytics,
}
