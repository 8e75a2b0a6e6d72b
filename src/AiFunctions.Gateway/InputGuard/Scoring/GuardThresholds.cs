namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>Where the measured curve says to act; see <c>docs/input-guard-model.md</c>.</summary>
internal static class GuardThresholds
{
    /// <summary>From here on a text is worth a review.</summary>
    public const float Flag = 0.6f;

    /// <summary>From here on a text is refused.</summary>
    public const float Block = 0.8f;
}
