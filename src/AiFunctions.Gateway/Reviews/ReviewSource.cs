namespace AiFunctions.Gateway.Reviews;

/// <summary>Where a text stood.</summary>
internal enum ReviewSource
{
    /// <summary>In what a user asked.</summary>
    User,

    /// <summary>In a tool result or a document.</summary>
    Document,

    /// <summary>In what the model answered.</summary>
    Answer,
}
