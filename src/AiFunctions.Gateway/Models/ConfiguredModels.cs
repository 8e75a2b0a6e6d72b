using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Upstreams;
using AiFunctions.Gateway.Upstreams.Kinds;

namespace AiFunctions.Gateway.Models;

/// <summary>Tells the models whose names an operator has written. Any text can stand where a request names its model, so only these may be kept.</summary>
internal sealed class ConfiguredModels
{
    /// <summary>What records call a model whose name no operator has written.</summary>
    public const string OtherModel = "other";

    private readonly HashSet<string> _names;

    public ConfiguredModels(UpstreamList upstreams)
    {
        _names = [.. upstreams.All.SelectMany(upstream => upstream.Models)];
        _names.Remove(UpstreamOptions.AnyModel);
        _names.UnionWith(upstreams.All.Select(upstream => UpstreamKind.Of(upstream).OwnModel).OfType<string>());
    }

    /// <summary>Whether an upstream's settings or the client's own list has the name.</summary>
    public bool Contains(string model, Client client) => _names.Contains(model) || client.Models.Contains(model, StringComparer.Ordinal);

    /// <summary>The name, or <see cref="OtherModel"/> in place of one that nobody has configured.</summary>
    public string NameOf(string model, Client client) => Contains(model, client) ? model : OtherModel;
}
