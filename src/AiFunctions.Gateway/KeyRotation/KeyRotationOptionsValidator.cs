using Microsoft.Extensions.Options;
using static AiFunctions.Gateway.KeyRotation.KeyRotationOptions;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary>Checks the settings of key rotation at start.</summary>
internal sealed class KeyRotationOptionsValidator : IValidateOptions<KeyRotationOptions>
{
    public ValidateOptionsResult Validate(string? name, KeyRotationOptions options) => options.GraceDays is >= 0 and <= LongestGraceDays
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(FormattableString.Invariant($"{Section}__{nameof(options.GraceDays)} must be a whole number from 0 to {LongestGraceDays}."));
}
