namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>Where a scan gets the clients' activity from.</summary>
internal interface IActivitySource
{
    /// <summary>Reads the activity of all clients that were active of late.</summary>
    /// <exception cref="ActivityUnavailableException">It cannot be read now.</exception>
    /// <exception cref="Storage.StorageUnavailableException">It cannot be read now because storage is away.</exception>
    Task<ActivityReading> ReadAsync(ActivityPeriod period, CancellationToken cancellationToken);
}
