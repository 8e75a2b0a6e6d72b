using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Records;
using AiFunctions.Gateway.Upstreams;

namespace AiFunctions.Gateway.Models;

/// <summary>Tells the models whose names an operator has written. Any text can stand where a request names its model, so only these may be kept.</summary>
internal sealed class ConfiguredModels
{
    private const string Simulated = "simulator";
    private readonly HashSet<string> _names;

    public ConfiguredModels(UpstreamList upstreams)
    {
        _names = [.. upstreams.All.SelectMany(upstream => upstream.Models)];
        _names.Remove(UpstreamOptions.AnyModel);
        if (upstreams.All.Any(upstream => upstream.Kind == UpstreamKind.Simulator))
        {
            _names.Add(Simulated);
        }
    }

    /// <summary>Whether an upstream's settings or the client's own list has the name.</summary>
    public bool Contains(string model, Client client) => _names.Contains(model) || client.Models.Contains(model, StringComparer.Ordinal);

    /// <summary>The name, or <see cref="RequestRecord.OtherModel"/> in place of one that nobody has configured.</summary>
    public string NameOf(string model, Client client) => Contains(model, client) ? model : RequestRecord.OtherModel;
}
