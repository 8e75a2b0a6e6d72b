namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>What is unusual.</summary>
internal enum AnomalyKind
{
    /// <summary>Many more requests or tokens than the client's own past explains.</summary>
    VolumeSpike,

    /// <summary>Many more errors.</summary>
    ErrorRate,

    /// <summary>Something feels its way: refusals, or the same request over and over.</summary>
    Probing,

    /// <summary>Other sizes, models or operations than ever.</summary>
    UnusualShape,

    /// <summary>Work at an hour when the client never works.</summary>
    OffHours,
}
