namespace AiFunctions.Gateway.KeyRotation;

/// <summary>How keys give way to their successors. Section <c>KeyRotation</c>.</summary>
public sealed class KeyRotationOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "KeyRotation";

    internal const int LongestGraceDays = 365;

    /// <summary>For how many days a key goes on working beside its successor, 0 to 365.</summary>
    public int GraceDays { get; set; } = 14;
}
