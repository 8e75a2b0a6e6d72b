using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Upstreams.Kinds;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>Checks the upstreams at start.</summary>
internal sealed class UpstreamListOptionsValidator : IValidateOptions<UpstreamListOptions>
{
    private const int LongestTimeoutSeconds = 3600;

    // What this gateway sets itself, or HTTP does.
    private static readonly string[] OwnHeaders = ["Content-Length", "Content-Type", "Content-Encoding", "Host", "Transfer-Encoding", "Connection", "Accept-Encoding"];

    public ValidateOptionsResult Validate(string? name, UpstreamListOptions options)
    {
        var failures = options.UnknownSettings.Select(path => $"{path.Replace(":", "__", StringComparison.Ordinal)} is not a setting; check its spelling.").ToList();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < options.Upstreams.Count; i++)
        {
            var upstream = options.Upstreams[i];
            var setting = $"Upstreams__{options.Keys[i]}__";
            if (!names.Add(upstream.Name))
            {
                failures.Add($"{setting}Name must be a name that no other upstream has.");
            }

            if (UpstreamKind.Find(upstream.Kind) is not { } kind)
            {
                failures.Add($"{setting}Kind must be one of {string.Join(", ", UpstreamKind.All.Select(known => known.Name))}.");
            }
            else if (kind.DefaultAddress is null && (CheckBaseUrl(upstream) ?? kind.CheckAddress(upstream)) is { } rule)
            {
                failures.Add($"{setting}BaseUrl {rule}");
            }

            if (upstream.ApiKey is { } key && (string.IsNullOrWhiteSpace(key) || key.Any(c => !char.IsAscii(c) || char.IsControl(c))))
            {
                failures.Add($"{setting}ApiKey must be a key, without line breaks, or be left out.");
            }

            if (upstream.Models.Any(string.IsNullOrWhiteSpace))
            {
                failures.Add($"{setting}Models must not hold an empty name.");
            }

            if (upstream.Headers.Any(header => !IsHeader(header.Key, header.Value)))
            {
                failures.Add($"{setting}Headers must have names and values that HTTP allows, and none of {string.Join(", ", OwnHeaders)}.");
            }

            if (upstream.TimeoutSeconds is < 1 or > LongestTimeoutSeconds)
            {
                failures.Add($"{setting}TimeoutSeconds must be from 1 to {LongestTimeoutSeconds}.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsHeader(string name, string? value) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))
        && !OwnHeaders.Contains(name, StringComparer.OrdinalIgnoreCase)
        && value is not null && value.All(c => char.IsAscii(c) && !char.IsControl(c));

    private static string? CheckBaseUrl(UpstreamOptions upstream) =>
        upstream.BaseUrl is { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" }
            ? null
            : "must be an http or https address with the version segment, such as http://localhost:11434/v1, without credentials or query.";
}
