namespace AiFunctions.Gateway.InputGuard.Reviews;

/// <summary>What an operator has said about a text.</summary>
internal enum ReviewStatus
{
    /// <summary>Nothing yet.</summary>
    Pending,

    /// <summary>It is fine.</summary>
    Allowed,

    /// <summary>It is an attack.</summary>
    Rejected,
}
