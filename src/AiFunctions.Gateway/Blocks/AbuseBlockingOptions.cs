namespace AiFunctions.Gateway.Blocks;

/// <summary>When a caller is shut out for a while. Section <c>AbuseBlocking</c>.</summary>
internal sealed class AbuseBlockingOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "AbuseBlocking";

    internal const int MostViolations = 1_000_000;
    internal const int LongestWindowSeconds = 86_400;
    internal const int LongestBlockSecondsAllowed = 30 * 86_400;

    /// <summary>How many violations within the window lead to a block, up to 1 000 000. With 0 only operators block.</summary>
    public int Violations { get; set; } = 20;

    /// <summary>The window's length, in seconds, 1 to 86 400. It slides: any stretch of that length counts.</summary>
    public int WindowSeconds { get; set; } = 300;

    /// <summary>The first block's length, in seconds, 1 to 2 592 000 (30 days). Each further one lasts twice as long as the last.</summary>
    public int FirstBlockSeconds { get; set; } = 60;

    /// <summary>
    /// The length that no block of ours goes beyond, in seconds, from <see cref="FirstBlockSeconds"/> to 2 592 000. For this long
    /// after a block has ended, the next one still doubles.
    /// </summary>
    public int LongestBlockSeconds { get; set; } = 86_400;
}
