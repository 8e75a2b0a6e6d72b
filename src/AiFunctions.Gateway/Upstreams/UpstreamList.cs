using AiFunctions.Gateway.Upstreams.Kinds;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>The upstreams as they are configured, for a host to show.</summary>
public sealed class UpstreamList
{
    internal UpstreamList(IOptions<UpstreamListOptions> options) => All = [.. options.Value.Upstreams];

    /// <summary>All of them, in the order of the settings.</summary>
    public IReadOnlyList<UpstreamOptions> All { get; }

    /// <summary>A model that a user can try first; null when only the servers know theirs.</summary>
    public string? ExampleModel =>
        All.SelectMany(upstream => upstream.Models).FirstOrDefault(model => model != UpstreamOptions.AnyModel)
        ?? All.Select(upstream => UpstreamKind.Of(upstream).OwnModel).FirstOrDefault(model => model is not null);
}
