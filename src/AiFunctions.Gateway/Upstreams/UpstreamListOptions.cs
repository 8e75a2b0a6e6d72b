namespace AiFunctions.Gateway.Upstreams;

/// <summary>The list of upstreams.</summary>
internal sealed class UpstreamListOptions
{
    public IList<UpstreamOptions> Upstreams { get; set; } = [];

    /// <summary>What each of them stands under in the settings, for errors to name.</summary>
    public IList<string> Keys { get; set; } = [];

    /// <summary>Configuration paths below the upstreams that name no setting: one misspelt would leave an upstream half configured.</summary>
    public IReadOnlyList<string> UnknownSettings { get; set; } = [];
}
