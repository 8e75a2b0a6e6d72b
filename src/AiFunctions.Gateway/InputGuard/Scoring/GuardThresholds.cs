namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>The default thresholds.</summary>
internal static class GuardThresholds
{
    public const float Flag = 0.5f;
    public const float Block = 0.8f;
}
