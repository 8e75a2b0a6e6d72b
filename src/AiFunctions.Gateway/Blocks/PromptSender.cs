namespace AiFunctions.Gateway.Blocks;

/// <summary>Whose prompt a request brings. A feature of the request.</summary>
/// <param name="subject">Whom it counts for if it is refused.</param>
/// <param name="isNamed">Whether that is a single user, not the client as a whole.</param>
internal sealed class PromptSender(BlockSubject subject, bool isNamed)
{
    /// <summary>Whom it counts for if it is refused.</summary>
    public BlockSubject Subject => subject;

    /// <summary>Whether that is a single user, not the client as a whole.</summary>
    public bool IsNamed => isNamed;

    /// <summary>The keyed hash of the text that was refused; null when none was.</summary>
    public UInt128? RefusedText { get; set; }
}
