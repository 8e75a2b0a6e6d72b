using AiFunctions.Gateway.Clients;

namespace AiFunctions.Gateway.ContentSafety;

/// <summary>How a part of the gateway reaches Azure AI Content Safety.</summary>
internal abstract class ContentSafetyOptions
{
    internal const int ShortestTimeout = 50;
    internal const int LongestTimeout = 30_000;

    /// <summary>The resource's address, such as <c>https://NAME.cognitiveservices.azure.com</c>. Without one it is not asked.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The resource's key. Without one the managed identity is used.</summary>
    public string? ApiKey { get; set; }

    /// <summary>How long a request waits for it in all, in milliseconds, 50 to 30 000.</summary>
    public int TimeoutMilliseconds { get; set; } = 1000;

    internal bool IsOn => Endpoint is not null;

    /// <summary>Checks the settings.</summary>
    /// <param name="section">The settings' section, as in environment variables.</param>
    /// <param name="fail">Gets each bad setting's whole name and what it must be.</param>
    internal void Check(string section, Action<string, string> fail)
    {
        if (Endpoint is { } endpoint)
        {
            if (endpoint is not { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" })
            {
                fail($"{section}__{nameof(Endpoint)}", "must be an address such as https://NAME.cognitiveservices.azure.com, without credentials or query");
            }
            else if (endpoint.Scheme == Uri.UriSchemeHttp && !endpoint.IsLoopback)
            {
                fail($"{section}__{nameof(Endpoint)}", "must be https, because texts and a credential are sent there");
            }
        }

        if (ApiKey is { } key && (string.IsNullOrWhiteSpace(key) || key.Any(c => !char.IsAscii(c) || char.IsControl(c))))
        {
            fail($"{section}__{nameof(ApiKey)}", "must be a key, without line breaks, or be left out");
        }

        if (TimeoutMilliseconds is < ShortestTimeout or > LongestTimeout)
        {
            fail($"{section}__{nameof(TimeoutMilliseconds)}", FormattableString.Invariant($"must be a whole number from {ShortestTimeout} to {LongestTimeout}"));
        }
    }
}
