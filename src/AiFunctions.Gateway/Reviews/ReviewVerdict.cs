namespace AiFunctions.Gateway.Reviews;

/// <summary>What was done about a text.</summary>
internal enum ReviewVerdict
{
    /// <summary>It was served.</summary>
    Flagged,

    /// <summary>The request was refused.</summary>
    Rejected,

    /// <summary>The rest of the answer was withheld.</summary>
    Blocked,
}
