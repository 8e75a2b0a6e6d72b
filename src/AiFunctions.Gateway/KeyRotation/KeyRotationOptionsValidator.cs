using AiFunctions.Gateway.Jobs;
using Microsoft.Extensions.Options;
using static AiFunctions.Gateway.KeyRotation.KeyRotationOptions;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary>Checks the settings of key rotation at start.</summary>
internal sealed class KeyRotationOptionsValidator : IValidateOptions<KeyRotationOptions>
{
    public ValidateOptionsResult Validate(string? name, KeyRotationOptions options)
    {
        var failures = new List<string>();
        CheckDays(failures, nameof(options.RotateAfterDays), options.RotateAfterDays, 0, LongestRotateAfterDays);
        CheckDays(failures, nameof(options.GraceDays), options.GraceDays, 0, LongestGraceDays);
        CheckDays(failures, nameof(options.EventRetentionDays), options.EventRetentionDays, 1, LongestRetentionDays);
        if (!JobSchedule.IsValid(options.Schedule))
        {
            failures.Add($"{Section}__{nameof(options.Schedule)} {JobSchedule.Rule}");
        }

        if (options.KeyVaultUri is { } vault && !(vault.IsAbsoluteUri && vault.Scheme == Uri.UriSchemeHttps))
        {
            failures.Add($"{Section}__{nameof(options.KeyVaultUri)} must be an absolute https address, such as https://NAME.vault.azure.net.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckDays(List<string> failures, string setting, int days, int least, int most)
    {
        if (days < least || days > most)
        {
            failures.Add(FormattableString.Invariant($"{Section}__{setting} must be a whole number from {least} to {most}."));
        }
    }
}
