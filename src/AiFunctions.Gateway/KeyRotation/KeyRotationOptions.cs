namespace AiFunctions.Gateway.KeyRotation;

/// <summary>How keys give way to their successors. Section <c>KeyRotation</c>.</summary>
internal sealed class KeyRotationOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "KeyRotation";

    internal const int LongestGraceDays = 365;
    internal const int LongestRotateAfterDays = 3650;
    internal const int LongestRetentionDays = 3650;

    /// <summary>How many days after it was issued a key is given a successor by the timed job, 1 to 3650; 0 for never.</summary>
    public int RotateAfterDays { get; set; } = 90;

    /// <summary>For how many days a key goes on working beside its successor, 0 to 365. The timed job leaves at least one.</summary>
    public int GraceDays { get; set; } = 14;

    /// <summary>When the timed job runs: NCRONTAB with seconds, UTC.</summary>
    public string Schedule { get; set; } = "0 0 3 * * *";

    /// <summary>The key vault that successors are delivered to; without one they wait, sealed, for whoever presents the old key.</summary>
    public Uri? KeyVaultUri { get; set; }

    /// <summary>For how many days the events of keys are kept, 1 to 3650.</summary>
    public int EventRetentionDays { get; set; } = 400;

    /// <summary>The grace that the job gives: a client must have the time to see that its key ends.</summary>
    internal TimeSpan JobGrace => TimeSpan.FromDays(Math.Max(GraceDays, 1));
}
