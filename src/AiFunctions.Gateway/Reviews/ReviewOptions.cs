namespace AiFunctions.Gateway.Reviews;

/// <summary>How reviews are kept. Section <c>Reviews</c>.</summary>
internal sealed class ReviewOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Reviews";

    internal const int LongestRetentionDays = 3650;

    /// <summary>How long a review that nobody decides is kept after its text was last seen, in days, 1 to 3650.</summary>
    public int RetentionDays { get; set; } = 90;
}
