namespace AiFunctions.Gateway.InputGuard;

/// <summary>What came of judging, the better first.</summary>
internal enum GuardOutcome
{
    /// <summary>Served.</summary>
    Allowed,

    /// <summary>Served, and queued for review.</summary>
    Flagged,

    /// <summary>Refused.</summary>
    Rejected,
}
