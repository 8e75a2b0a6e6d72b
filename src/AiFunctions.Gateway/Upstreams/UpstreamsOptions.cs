namespace AiFunctions.Gateway.Upstreams;

/// <summary>The list of upstreams.</summary>
internal sealed class UpstreamsOptions
{
    public IList<UpstreamOptions> Upstreams { get; set; } = [];
}
