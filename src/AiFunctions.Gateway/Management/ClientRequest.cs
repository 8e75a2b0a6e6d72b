using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.Tiers;
using AiFunctions.Gateway.Upstreams;

namespace AiFunctions.Gateway.Management;

/// <summary>The fields of a client that an operator may set, read from a request and checked.</summary>
internal sealed class ClientRequest
{
    private const int LongestName = 128;
    private const int LongestModelName = 256;
    private const int LongestApplication = 256;
    private const int MostListItems = 100;

    private string? _name;
    private string? _tier;
    private ClientLimits? _limits;
    private IReadOnlyList<string>? _scopes;
    private IReadOnlyList<string>? _models;

    /// <summary>Whether it says which application of the token authority the client is.</summary>
    public bool NamesApplication { get; private set; }

    /// <summary>Which it is to be; null for none.</summary>
    public string? Application { get; private set; }

    /// <summary>Reads a request. Null empties <c>limits</c>, <c>scopes</c>, <c>models</c> and <c>application</c>; a field left out stays as it is.</summary>
    /// <exception cref="GatewayException">A field is unknown or not what it must be; the error names it.</exception>
    public static ClientRequest Read(JsonElement body, TierCatalog tiers, OperationScopes scopes)
    {
        var request = new ClientRequest();
        foreach (var field in body.EnumerateObject())
        {
            switch (field.Name)
            {
                case "name":
                    request._name = RequestFields.Text(field.Value, "name", LongestName);
                    break;
                case "tier":
                    var tier = RequestFields.Text(field.Value, "tier", LongestName);
                    request._tier = tiers.Names.FirstOrDefault(name => name.Equals(tier, StringComparison.OrdinalIgnoreCase))
                        ?? throw RequestFields.Invalid("tier", $"must be one of {string.Join(", ", tiers.Names)}");
                    break;
                case "limits":
                    request._limits = ReadLimits(field.Value);
                    break;
                case "scopes":
                    request._scopes = RequestFields.Texts(field.Value, "scopes", MostListItems, LongestName);
                    if (request._scopes.Except(scopes.Names).Any())
                    {
                        throw RequestFields.Invalid("scopes", $"must hold only {string.Join(", ", scopes.Names)}");
                    }

                    break;
                case "models":
                    request._models = RequestFields.Texts(field.Value, "models", MostListItems, LongestModelName);
                    if (request._models.Contains(UpstreamOptions.AnyModel))
                    {
                        // For an upstream it stands for any model; here it would stand for none.
                        throw RequestFields.Invalid("models", "must hold models' names; leave it empty for all models");
                    }

                    if (!ClientEntity.CanHold(request._models))
                    {
                        throw RequestFields.Invalid("models", "is too long with all its names together; give fewer or shorter ones");
                    }

                    break;
                case "application":
                    request.NamesApplication = true;
                    request.Application = field.Value.ValueKind == JsonValueKind.Null ? null : RequestFields.Text(field.Value, "application", LongestApplication);
                    break;
                default:
                    throw RequestFields.Unknown(field.Name);
            }
        }

        return request;
    }

    /// <summary>Makes a new client.</summary>
    /// <exception cref="GatewayException">The name or the tier is missing.</exception>
    public Client Create(DateTimeOffset now) => ApplyTo(
        new Client
        {
            Id = ClientId.New(),
            Name = _name ?? throw RequestFields.Invalid("name", "is missing; give the client a name"),
            Tier = _tier ?? throw RequestFields.Invalid("tier", "is missing; give the client a tier"),
            CreatedAt = now,
            UpdatedAt = now,
        },
        now);

    /// <summary>Changes a client.</summary>
    public Client ApplyTo(Client client, DateTimeOffset now) => client with
    {
        Name = _name ?? client.Name,
        Tier = _tier ?? client.Tier,
        Limits = _limits ?? client.Limits,
        Scopes = _scopes ?? client.Scopes,
        Models = _models ?? client.Models,
        Application = NamesApplication ? Application : client.Application,
        UpdatedAt = now > client.UpdatedAt ? now : client.UpdatedAt.AddTicks(1), // whatever clock the last change went by
    };

    private static ClientLimits ReadLimits(JsonElement value)
    {
        var limits = ClientLimits.None;
        if (value.ValueKind == JsonValueKind.Null)
        {
            return limits;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw RequestFields.Invalid("limits", "must be an object");
        }

        foreach (var field in value.EnumerateObject())
        {
            var figure = LimitFigure.All.FirstOrDefault(figure => field.NameEquals(figure.JsonName)) ?? throw RequestFields.Unknown("limits." + field.Name);
            limits = figure.WithOwn(limits, RequestFields.Integer(field.Value, "limits." + field.Name, figure.Least, figure.Largest));
        }

        return limits;
    }
}
