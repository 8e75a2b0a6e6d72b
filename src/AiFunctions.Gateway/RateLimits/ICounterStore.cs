namespace AiFunctions.Gateway.RateLimits;

/// <summary>Where the counters are kept. Every write is conditional on what was read, and is tried once.</summary>
internal interface ICounterStore
{
    /// <summary>Reads a client's counters.</summary>
    /// <returns>The state and its version; an empty state and a null version when there are none yet.</returns>
    /// <exception cref="Storage.StorageUnavailableException">Storage cannot be reached.</exception>
    Task<(CounterState State, string? Version)> ReadAsync(string clientId, CancellationToken cancellationToken);

    /// <summary>Writes a client's counters if they are still at the version.</summary>
    /// <returns>The new version; null when another instance has written since: then nothing was written.</returns>
    /// <exception cref="Storage.StorageUnavailableException">It is not known whether anything was written.</exception>
    Task<string?> TryWriteAsync(string clientId, CounterState state, string? version, CancellationToken cancellationToken);
}
