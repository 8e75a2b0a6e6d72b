namespace AiFunctions.Gateway.Prompts;

/// <summary>
/// Is told what a request brings to the model. An operation walks over its body once; the guard, the weighing of tokens and characters and
/// the check of system texts listen.
/// </summary>
internal interface IPromptVisitor
{
    /// <summary>Whether it wants the strings of a member that was told as a whole (<see cref="PromptPartKind.Member"/>); if nobody does, they are not looked for.</summary>
    /// <param name="origin">Who has written the member.</param>
    bool ReadsMembers(TextOrigin origin);

    /// <summary>Called for each part, in the order of the body.</summary>
    /// <param name="part">The part; good for this call.</param>
    void Visit(in PromptPart part);
}
