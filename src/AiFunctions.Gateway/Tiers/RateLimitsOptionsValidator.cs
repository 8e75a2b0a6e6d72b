using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tiers;

/// <summary>Checks the limits at start.</summary>
internal sealed class RateLimitsOptionsValidator : IValidateOptions<RateLimitsOptions>
{
    /// <summary>The most requests of one client at once: the counter entity has room for their holders.</summary>
    public const long MostConcurrentRequests = 1000;

    private const long Largest = 9_007_199_254_740_991; // 2⁵³ − 1: exact in every JSON reader

    public ValidateOptionsResult Validate(string? name, RateLimitsOptions options)
    {
        var failures = new List<string>();
        if (!Enum.IsDefined(options.OnStorageFailure))
        {
            failures.Add($"RateLimits__OnStorageFailure must be one of {string.Join(", ", Enum.GetNames<StorageFailurePolicy>())}.");
        }

        foreach (var (tier, figures) in options.Tiers)
        {
            Check(tier, nameof(TierOptions.RequestsPerMinute), figures.RequestsPerMinute, 1, Largest);
            Check(tier, nameof(TierOptions.RequestsPerDay), figures.RequestsPerDay, 1, Largest);
            Check(tier, nameof(TierOptions.TokensPerMinute), figures.TokensPerMinute, 1, Largest);
            Check(tier, nameof(TierOptions.TokensPerDay), figures.TokensPerDay, 1, Largest);
            Check(tier, nameof(TierOptions.ConcurrentRequests), figures.ConcurrentRequests, 1, MostConcurrentRequests);
            Check(tier, nameof(TierOptions.QueuedRequests), figures.QueuedRequests, 0, MostConcurrentRequests);
            Check(tier, nameof(TierOptions.MaxRequestCharacters), figures.MaxRequestCharacters, 1, Largest);
            Check(tier, nameof(TierOptions.MaxOutputTokens), figures.MaxOutputTokens, 1, int.MaxValue);
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(string tier, string figure, long? value, long least, long largest)
        {
            if (value < least || value > largest)
            {
                failures.Add($"RateLimits__Tiers__{tier}__{figure} must be from {least} to {largest}.");
            }
        }
    }
}
