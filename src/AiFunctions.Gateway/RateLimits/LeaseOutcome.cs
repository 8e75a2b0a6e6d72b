namespace AiFunctions.Gateway.RateLimits;

/// <summary>What a lease can say to a request without asking the store.</summary>
internal enum LeaseOutcome
{
    /// <summary>It has what it needs.</summary>
    Admitted,

    /// <summary>The store was asked lately, and had not enough.</summary>
    Denied,

    /// <summary>The lease lacks units or slots: the store must be asked.</summary>
    MustAcquire,

    /// <summary>The lease is given up; the client has or gets a new one.</summary>
    Retired,
}
