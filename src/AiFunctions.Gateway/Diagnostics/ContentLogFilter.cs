using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Diagnostics;

/// <summary>
/// Holds the log categories that write whole addresses, headers or request lines to levels at which they do not, whatever the settings
/// say, for all log providers and for each.
/// </summary>
internal sealed class ContentLogFilter : IPostConfigureOptions<LoggerFilterOptions>
{
    private static readonly (string Category, LogLevel Least)[] Categories =
    [
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning),
        ("Microsoft.AspNetCore.Routing", LogLevel.Warning),
        ("Microsoft.AspNetCore.Authentication", LogLevel.None), // what is wrong with a token is told by quoting it
        ("Microsoft.IdentityModel", LogLevel.None),
        ("Microsoft.AspNetCore.Cors", LogLevel.Warning),
        ("Microsoft.AspNetCore.HttpLogging", LogLevel.None),
        ("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.None),
        ("Microsoft.AspNetCore.Server.Kestrel.Connections", LogLevel.Warning),
        ("System.Net.Http", LogLevel.Warning),
        ("Azure", LogLevel.Warning),

        // The handlers' base class writes a line for each refusal, and for each way in that a good request does not use: the log would be as long as
        // anybody likes. The request's record has the refusal.
        ("AiFunctions.Gateway.Authentication.ApiKeyHandler", LogLevel.Warning),
        ("AiFunctions.Gateway.Authentication.ManagementKeyHandler", LogLevel.Warning),
        ("AiFunctions.Gateway.Authentication.Certificates.ClientCertificateHandler", LogLevel.Warning),
    ];

    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        // A rule for one provider beats one for all, and a longer category a shorter one: so none may stand beside ours.
        string?[] providers = [null, .. options.Rules.Select(rule => rule.ProviderName).OfType<string>().Distinct()];
        foreach (var (category, least) in Categories)
        {
            foreach (var rule in options.Rules.Where(rule => rule.CategoryName?.StartsWith(category, StringComparison.OrdinalIgnoreCase) == true).ToList())
            {
                options.Rules.Remove(rule);
            }

            foreach (var provider in providers)
            {
                options.Rules.Add(new LoggerFilterRule(provider, category, least, filter: null));
            }
        }
    }
}
