namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>How far beyond the usual.</summary>
internal enum AnomalySeverity
{
    /// <summary>Worth a look.</summary>
    Medium,

    /// <summary>So far that chance does not explain it. Only these block, and only if the settings say so.</summary>
    High,
}
