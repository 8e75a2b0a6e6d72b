using Microsoft.Extensions.Options;
using static AiFunctions.Gateway.Blocks.AbuseBlockingOptions;

namespace AiFunctions.Gateway.Blocks;

/// <summary>Checks the settings of blocking at start.</summary>
internal sealed class AbuseBlockingOptionsValidator : IValidateOptions<AbuseBlockingOptions>
{
    public ValidateOptionsResult Validate(string? name, AbuseBlockingOptions options)
    {
        if (options.Violations is < 0 or > MostViolations)
        {
            return Fail(nameof(options.Violations), $"from 0 (no blocks but an operator's) to {MostViolations}");
        }

        if (options.WindowSeconds is < 1 or > LongestWindowSeconds)
        {
            return Fail(nameof(options.WindowSeconds), $"from 1 to {LongestWindowSeconds}");
        }

        if (options.FirstBlockSeconds is < 1 or > LongestBlockSecondsAllowed)
        {
            return Fail(nameof(options.FirstBlockSeconds), $"from 1 to {LongestBlockSecondsAllowed}");
        }

        return options.LongestBlockSeconds < options.FirstBlockSeconds || options.LongestBlockSeconds > LongestBlockSecondsAllowed
            ? Fail(nameof(options.LongestBlockSeconds), $"from AbuseBlocking__FirstBlockSeconds to {LongestBlockSecondsAllowed}")
            : ValidateOptionsResult.Success;
    }

    private static ValidateOptionsResult Fail(string setting, FormattableString range) =>
        ValidateOptionsResult.Fail(FormattableString.Invariant($"{Section}__{setting} must be a whole number {FormattableString.Invariant(range)}."));
}
