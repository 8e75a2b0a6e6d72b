using AiFunctions.Gateway.Tiers;
using Microsoft.Extensions.Options;
using static AiFunctions.Gateway.Authentication.Jwt.JwtOptions;

namespace AiFunctions.Gateway.Authentication.Jwt;

/// <summary>Checks the settings of access tokens at start.</summary>
internal sealed class JwtOptionsValidator(TierCatalog tiers) : IValidateOptions<JwtOptions>
{
    public ValidateOptionsResult Validate(string? name, JwtOptions options)
    {
        if (!options.IsOn)
        {
            return ValidateOptionsResult.Success;
        }

        if (!Uri.TryCreate(options.Authority, UriKind.Absolute, out var authority)
            || !(authority.Scheme == Uri.UriSchemeHttps || (authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback))
            || authority.Query.Length > 0 || authority.Fragment.Length > 0 || authority.UserInfo.Length > 0)
        {
            return Fail(nameof(options.Authority), "must be an https address, such as https://login.microsoftonline.com/<tenant id>/v2.0; http only on the loopback");
        }

        if (string.IsNullOrWhiteSpace(options.Audience))
        {
            return Fail(nameof(options.Audience), "must be set: the value of 'aud' in the tokens that are meant for this gateway");
        }

        if (options.RequiredScope?.Contains(' ', StringComparison.Ordinal) == true)
        {
            return Fail(nameof(options.RequiredScope), "must be one scope");
        }

        if (!tiers.Names.Contains(options.DefaultTier, StringComparer.OrdinalIgnoreCase))
        {
            return Fail(nameof(options.DefaultTier), $"must be one of {string.Join(", ", tiers.Names)}");
        }

        if (options.ClockSkewSeconds is < 0 or > LongestClockSkewSeconds)
        {
            return Fail(nameof(options.ClockSkewSeconds), FormattableString.Invariant($"must be a whole number from 0 to {LongestClockSkewSeconds}"));
        }

        return options.RefreshIntervalSeconds is < 1 or > LongestRefreshIntervalSeconds
            ? Fail(nameof(options.RefreshIntervalSeconds), FormattableString.Invariant($"must be a whole number from 1 to {LongestRefreshIntervalSeconds}"))
            : ValidateOptionsResult.Success;
    }

    private static ValidateOptionsResult Fail(string setting, string rule) =>
        ValidateOptionsResult.Fail($"{Section.Replace(":", "__", StringComparison.Ordinal)}__{setting} {rule}.");
}
