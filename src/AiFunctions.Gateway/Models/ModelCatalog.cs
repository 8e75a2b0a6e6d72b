using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Relay;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Upstreams;

namespace AiFunctions.Gateway.Models;

/// <summary>The models of all upstreams: those configured by name and, of upstreams that serve any, those that they list themselves.</summary>
internal sealed class ModelCatalog(UpstreamRouter upstreams, TimeProvider time)
{
    private static readonly TimeSpan OldestList = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestAsking = TimeSpan.FromSeconds(5);

    // A request's model is no longer either.
    private const int LongestId = 256;

    private readonly RecordCache<List<string>> _lists = new(time, OldestList, capacity: 1000);

    /// <summary>
    /// Lists the models that a client may use, each once, in the order of the upstreams' priority. An upstream that does not answer adds
    /// none of its own list; one that serves any model adds those that the client is given by name.
    /// </summary>
    public async Task<List<ServedModel>> ListAsync(Client client, string requestId, CancellationToken cancellationToken)
    {
        var lists = await Task.WhenAll(upstreams.Upstreams.Select(upstream => ModelsOfAsync(upstream, requestId, cancellationToken)));
        var named = upstreams.Upstreams.Where(upstream => upstream.AnyModel).Take(1)
            .SelectMany(upstream => client.Models.Select(model => new ServedModel(model, upstream.Name)));
        return [.. lists.SelectMany(list => list).Concat(named).DistinctBy(model => model.Id).Where(model => client.MayUse(model.Id))];
    }

    /// <summary>Finds one model: one of the list, or one that nobody lists but an upstream would be asked for.</summary>
    /// <returns>Null when a request for it would be refused.</returns>
    public async Task<ServedModel?> FindAsync(string id, Client client, string requestId, CancellationToken cancellationToken)
    {
        var models = await ListAsync(client, requestId, cancellationToken);
        return models.Find(model => model.Id == id)
            ?? (id.Length is > 0 and <= LongestId && client.MayUse(id) && upstreams.Upstreams.FirstOrDefault(upstream => upstream.Serves(id)) is { } server
                ? new ServedModel(id, server.Name)
                : null);
    }

    private async Task<IEnumerable<ServedModel>> ModelsOfAsync(Upstream upstream, string requestId, CancellationToken cancellationToken)
    {
        IEnumerable<string> ids = upstream.Models;
        if (upstream is { AnyModel: true, Kind.OwnModel: { } own })
        {
            ids = ids.Append(own);
        }
        else if (upstream.AnyModel)
        {
            ids = ids.Concat(await _lists.GetAsync(upstream.Name, _ => AskAsync(upstream, requestId), cancellationToken) ?? []);
        }

        return ids.Select(id => new ServedModel(id, upstream.Name));
    }

    private static async Task<List<string>?> AskAsync(Upstream upstream, string requestId)
    {
        using var longest = new CancellationTokenSource(LongestAsking);
        try
        {
            using var response = await upstream.SendAsync(HttpMethod.Get, "models", json: null, requestId, longest.Token);
            using var list = JsonDocument.Parse(await JsonRelay.ReadAsync(response));
            return [.. IdsIn(list.RootElement)];
        }
        catch (Exception e) when (e is GatewayException or OperationCanceledException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return []; // kept like an answer, so that a server that is down is not waited for by each caller
        }
    }

    // What is no model in a list says nothing about the others.
    private static IEnumerable<string> IdsIn(JsonElement answer)
    {
        foreach (var model in answer.GetProperty("data").EnumerateArray())
        {
            if (model.ValueKind == JsonValueKind.Object && model.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
                && id.GetString() is { Length: > 0 and <= LongestId } name)
            {
                yield return name;
            }
        }
    }
}
