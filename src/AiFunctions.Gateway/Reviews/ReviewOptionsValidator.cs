using System.Globalization;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Reviews;

/// <summary>Checks the reviews' settings at start.</summary>
internal sealed class ReviewOptionsValidator : IValidateOptions<ReviewOptions>
{
    public ValidateOptionsResult Validate(string? name, ReviewOptions options) =>
        options.RetentionDays is >= 1 and <= ReviewOptions.LongestRetentionDays
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(string.Create(
                CultureInfo.InvariantCulture,
                $"{ReviewOptions.Section}__{nameof(options.RetentionDays)} must be a whole number from 1 to {ReviewOptions.LongestRetentionDays}."));
}
