namespace AiFunctions.Gateway.RateLimits;

/// <summary>A change of the counters that is about to be written, and what it means for the lease when it has been.</summary>
internal sealed class LeasePlan
{
    /// <summary>The state to write.</summary>
    public required CounterState State { get; set; }

    /// <summary>Under which of the client's limits it was made.</summary>
    public required int Epoch { get; init; }

    /// <summary>Units to take of each window.</summary>
    public long[] Take { get; } = new long[WindowClock.Kinds];

    /// <summary>Units given back, already gone from the lease.</summary>
    public long[] Returned { get; } = new long[WindowClock.Kinds];

    /// <summary>Units that were spent without the store, and that it learns of.</summary>
    public long[] Recorded { get; } = new long[WindowClock.Kinds];

    /// <summary>The slots to claim in the store: those in use at the least, even if others took them when a claim had lapsed.</summary>
    public long Claim { get; set; }

    /// <summary>The slots that requests may use: only as many as the limit has room for.</summary>
    public long Held { get; set; }

    /// <summary>The slots that requests could use when it was made.</summary>
    public long HeldBefore { get; set; }

    /// <summary>Until when the claim on slots holds.</summary>
    public DateTimeOffset ClaimExpires { get; init; }

    /// <summary>Why nothing can be taken; null when something can.</summary>
    public Denial? Denial { get; set; }

    /// <summary>How many units the denied counter lacked.</summary>
    public long Missing { get; set; }
}
