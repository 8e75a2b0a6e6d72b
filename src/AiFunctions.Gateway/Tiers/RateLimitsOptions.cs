namespace AiFunctions.Gateway.Tiers;

/// <summary>The tiers and their limits. Section <c>RateLimits</c>.</summary>
internal sealed class RateLimitsOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "RateLimits";

    /// <summary>The tiers by name, whatever the case. The four of the contract are always there.</summary>
    public IDictionary<string, TierOptions> Tiers { get; set; } = new Dictionary<string, TierOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>What happens while the counters cannot be reached.</summary>
    public StorageFailurePolicy OnStorageFailure { get; set; }
}
