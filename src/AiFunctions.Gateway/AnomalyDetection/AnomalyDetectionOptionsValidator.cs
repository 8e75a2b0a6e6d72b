using AiFunctions.Gateway.Jobs;
using Microsoft.Extensions.Options;
using static AiFunctions.Gateway.AnomalyDetection.AnomalyDetectionOptions;

namespace AiFunctions.Gateway.AnomalyDetection;

/// <summary>Checks the settings of the anomaly scan at start.</summary>
internal sealed class AnomalyDetectionOptionsValidator : IValidateOptions<AnomalyDetectionOptions>
{
    public ValidateOptionsResult Validate(string? name, AnomalyDetectionOptions options)
    {
        if (options.Source is { } source && !Enum.IsDefined(source))
        {
            return Fail(nameof(options.Source), "must be Table or LogAnalytics");
        }

        if (!JobSchedule.IsValid(options.Schedule))
        {
            return ValidateOptionsResult.Fail($"{Section}__{nameof(options.Schedule)} {JobSchedule.Rule}");
        }

        if (!string.IsNullOrWhiteSpace(options.WorkspaceId) && !Guid.TryParseExact(options.WorkspaceId, "D", out _))
        {
            return Fail(nameof(options.WorkspaceId), "must be a workspace's id, such as 00000000-0000-0000-0000-000000000000");
        }

        if (options.EffectiveSource == AnomalySource.LogAnalytics && string.IsNullOrWhiteSpace(options.WorkspaceId))
        {
            return Fail(nameof(options.WorkspaceId), "must be set when the source is LogAnalytics");
        }

        if (options.QueryEndpoint is not { IsAbsoluteUri: true } endpoint
            || (endpoint.Scheme != Uri.UriSchemeHttps && !(endpoint.Scheme == Uri.UriSchemeHttp && endpoint.IsLoopback)))
        {
            return Fail(nameof(options.QueryEndpoint), "must be an absolute https address, such as https://api.loganalytics.azure.com");
        }

        return options.AutoBlockSeconds is < 60 or > LongestBlockSeconds
            ? Fail(nameof(options.AutoBlockSeconds), FormattableString.Invariant($"must be a whole number from 60 to {LongestBlockSeconds}"))
            : ValidateOptionsResult.Success;
    }

    private static ValidateOptionsResult Fail(string setting, string rule) => ValidateOptionsResult.Fail($"{Section}__{setting} {rule}.");
}
