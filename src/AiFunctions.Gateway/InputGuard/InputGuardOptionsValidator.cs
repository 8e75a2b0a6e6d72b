using AiFunctions.Gateway.InputGuard.PromptShields;
using Microsoft.Extensions.Options;
using static AiFunctions.Gateway.InputGuard.InputGuardOptions;

namespace AiFunctions.Gateway.InputGuard;

/// <summary>Checks the guard's settings at start.</summary>
internal sealed class InputGuardOptionsValidator : IValidateOptions<InputGuardOptions>
{
    public ValidateOptionsResult Validate(string? name, InputGuardOptions options)
    {
        var failures = new List<string>();
        if (!Enum.IsDefined(options.Mode))
        {
            Fail(nameof(options.Mode), $"must be one of {string.Join(", ", Enum.GetNames<InputGuardMode>())}");
        }

        // Written so that NaN, which is no more and no less than anything, fails too.
        if (!(options.FlagThreshold is >= 0 and <= 1))
        {
            Fail(nameof(options.FlagThreshold), "must be from 0 to 1");
        }
        else if (!(options.BlockThreshold >= options.FlagThreshold && options.BlockThreshold <= 1))
        {
            Fail(nameof(options.BlockThreshold), $"must be from {Section}__{nameof(options.FlagThreshold)} to 1");
        }

        options.PromptShields.Check($"{Section}__{nameof(options.PromptShields)}", (setting, rule) => failures.Add($"{setting} {rule}."));
        if (!Enum.IsDefined(options.PromptShields.OnFailure))
        {
            Fail($"{nameof(options.PromptShields)}__{nameof(PromptShieldsOptions.OnFailure)}", $"must be one of {string.Join(", ", Enum.GetNames<PromptShieldsFailurePolicy>())}");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Fail(string setting, string rule) => failures.Add($"{Section}__{setting} {rule}.");
    }
}
