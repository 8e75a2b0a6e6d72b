namespace AiFunctions.Gateway.InputGuard.PromptShields;

/// <summary>The second opinion on a text.</summary>
internal enum ShieldOpinion
{
    /// <summary>There is none: nobody was asked, or the service failed.</summary>
    None,

    /// <summary>No attack was found in it.</summary>
    Clean,

    /// <summary>It is an attack.</summary>
    Attack,
}
