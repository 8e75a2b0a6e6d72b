namespace AiFunctions.Gateway.Usage;

/// <summary>How usage is kept. Section <c>Usage</c>.</summary>
internal sealed class UsageOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Usage";

    internal const int LongestRetentionDays = 3650;

    /// <summary>How long the hourly figures are kept, in days, 1 to 3650.</summary>
    public int RetentionDays { get; set; } = 400;
}
