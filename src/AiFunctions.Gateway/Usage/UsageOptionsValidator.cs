using Microsoft.Extensions.Options;
using static AiFunctions.Gateway.Usage.UsageOptions;

namespace AiFunctions.Gateway.Usage;

/// <summary>Checks the usage settings at start.</summary>
internal sealed class UsageOptionsValidator : IValidateOptions<UsageOptions>
{
    public ValidateOptionsResult Validate(string? name, UsageOptions options) => options.RetentionDays is >= 1 and <= LongestRetentionDays
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(FormattableString.Invariant($"{Section}__{nameof(options.RetentionDays)} must be a whole number from 1 to {LongestRetentionDays}."));
}
