namespace AiFunctions.Gateway.RateLimits;

/// <summary>What happens to requests while the counters cannot be reached.</summary>
public enum StorageFailurePolicy
{
    /// <summary>They are refused with 503, so that no limit can be exceeded.</summary>
    Deny,

    /// <summary>Each instance counts for itself, from what it last knew, until storage is back.</summary>
    AllowLocal,
}
