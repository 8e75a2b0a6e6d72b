namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>What is known of each hour of a client's past.</summary>
internal enum ActivitySeries
{
    Requests,

    /// <summary>The requests of the hour's busiest slice.</summary>
    PeakRequests,

    /// <summary>The tokens of the slice that had most of them.</summary>
    PeakTokens,

    ClientErrors,

    ServerErrors,

    /// <summary>The refusals of the slice that had most of them.</summary>
    PeakRefusals,

    /// <inheritdoc cref="ActivityCounts.LogBytes"/>
    LogBytes,

    /// <inheritdoc cref="ActivityCounts.SquaredLogBytes"/>
    SquaredLogBytes,
}
