namespace AiFunctions.Gateway.Reviews;

/// <summary>What an operator has said about a text.</summary>
internal enum ReviewStatus
{
    /// <summary>Nothing yet.</summary>
    Pending,

    /// <summary>It is fine.</summary>
    Allowed,

    /// <summary>It is not: a prompt is an attack, an answer should not have been given.</summary>
    Rejected,
}
