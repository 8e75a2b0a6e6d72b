using System.Text.Json;
using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.Clients;

/// <summary>A client as it is stored: partition key = client id.</summary>
internal sealed class ClientEntity() : StoredEntity(rowKey: Row)
{
    public const string Row = "client";

    public string Name { get; set; } = "";

    public string Tier { get; set; } = "";

    public string Limits { get; set; } = "{}";

    public string Scopes { get; set; } = "[]";

    public string Models { get; set; } = "[]";

    public string? Application { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public static ClientEntity From(Client client) => new()
    {
        PartitionKey = client.Id,
        ETag = client.ETag,
        Name = client.Name,
        Tier = client.Tier,
        Limits = JsonSerializer.Serialize(client.Limits, ClientJson.Default.ClientLimits),
        Scopes = JsonSerializer.Serialize(client.Scopes, ClientJson.Default.IReadOnlyListString),
        Models = JsonSerializer.Serialize(client.Models, ClientJson.Default.IReadOnlyListString),
        Application = client.Application,
        CreatedAt = client.CreatedAt,
        UpdatedAt = client.UpdatedAt,
    };

    public Client ToClient() => new()
    {
        Id = PartitionKey,
        ETag = ETag,
        Name = Name,
        Tier = Tier,
        Limits = JsonSerializer.Deserialize(Limits, ClientJson.Default.ClientLimits)!,
        Scopes = JsonSerializer.Deserialize(Scopes, ClientJson.Default.IReadOnlyListString)!,
        Models = JsonSerializer.Deserialize(Models, ClientJson.Default.IReadOnlyListString)!,
        Application = Application,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
    };
}
