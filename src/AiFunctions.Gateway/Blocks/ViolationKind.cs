namespace AiFunctions.Gateway.Blocks;

/// <summary>What a violation is of. Each kind is counted by itself.</summary>
internal enum ViolationKind
{
    /// <summary>Who somebody is: a credential that is refused.</summary>
    Credential,

    /// <summary>A limit.</summary>
    Limit,

    /// <summary>What may be asked of a model.</summary>
    Prompt,
}
