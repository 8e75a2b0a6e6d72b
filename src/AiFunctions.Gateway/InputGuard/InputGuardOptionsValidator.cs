using System.Globalization;
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

        Check(options.PromptShields, Fail);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Fail(string setting, string rule) => failures.Add($"{Section}__{setting} {rule}.");
    }

    private static void Check(PromptShieldsOptions options, Action<string, string> fail)
    {
        const string Prefix = nameof(InputGuardOptions.PromptShields) + "__";
        if (options.Endpoint is { } endpoint)
        {
            if (endpoint is not { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" })
            {
                fail(Prefix + nameof(options.Endpoint), "must be an address such as https://NAME.cognitiveservices.azure.com, without credentials or query");
            }
            else if (endpoint.Scheme == Uri.UriSchemeHttp && !endpoint.IsLoopback)
            {
                fail(Prefix + nameof(options.Endpoint), "must be https, because prompts and a credential are sent there");
            }
        }
        else if (options.Enabled == true)
        {
            fail(Prefix + nameof(options.Endpoint), $"must be set when {Section}__{Prefix}{nameof(options.Enabled)} is true");
        }

        if (options.ApiKey is { } key && (string.IsNullOrWhiteSpace(key) || key.Any(c => !char.IsAscii(c) || char.IsControl(c))))
        {
            fail(Prefix + nameof(options.ApiKey), "must be a key, without line breaks, or be left out");
        }

        if (options.TimeoutMilliseconds is < PromptShieldsOptions.ShortestTimeout or > PromptShieldsOptions.LongestTimeout)
        {
            fail(
                Prefix + nameof(options.TimeoutMilliseconds),
                string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {PromptShieldsOptions.ShortestTimeout} to {PromptShieldsOptions.LongestTimeout}"));
        }

        if (!Enum.IsDefined(options.OnFailure))
        {
            fail(Prefix + nameof(options.OnFailure), $"must be one of {string.Join(", ", Enum.GetNames<PromptShieldsFailurePolicy>())}");
        }
    }
}
