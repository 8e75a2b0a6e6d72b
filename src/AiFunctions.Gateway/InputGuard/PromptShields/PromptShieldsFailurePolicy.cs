namespace AiFunctions.Gateway.InputGuard.PromptShields;

/// <summary>What is done about a suspicious prompt that the service could not be asked about.</summary>
public enum PromptShieldsFailurePolicy
{
    /// <summary>The score stands: it is served and queued for review.</summary>
    UseScore,

    /// <summary>It is refused, in mode <see cref="InputGuardMode.Block"/>.</summary>
    Reject,
}
