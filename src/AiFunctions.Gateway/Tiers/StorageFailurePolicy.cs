namespace AiFunctions.Gateway.Tiers;

/// <summary>What happens to requests while the counters cannot be reached.</summary>
internal enum StorageFailurePolicy
{
    /// <summary>They are refused with 503, so that no limit can be exceeded.</summary>
    Deny,

    /// <summary>
    /// Each instance counts for itself, from what it last knew, until storage is back. For clients that it knows: records of them are
    /// good for 25 s, after which they are refused with 503 all the same.
    /// </summary>
    AllowLocal,
}
