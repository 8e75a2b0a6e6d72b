using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tiers;

/// <summary>Checks the limits at start.</summary>
internal sealed class RateLimitsOptionsValidator : IValidateOptions<RateLimitsOptions>
{
    public ValidateOptionsResult Validate(string? name, RateLimitsOptions options)
    {
        var failures = new List<string>();
        if (!Enum.IsDefined(options.OnStorageFailure))
        {
            failures.Add($"RateLimits__OnStorageFailure must be one of {string.Join(", ", Enum.GetNames<StorageFailurePolicy>())}.");
        }

        foreach (var (tier, figures) in options.Tiers)
        {
            failures.AddRange(
                from figure in LimitFigure.All
                let value = figure.OfTier(figures)
                where value < figure.Least || value > figure.Largest
                select $"RateLimits__Tiers__{tier}__{figure.Name} must be from {figure.Least} to {figure.Largest}.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
