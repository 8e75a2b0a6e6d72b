using System.Text.Json;
using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.Clients;

/// <summary>A client as it is stored: partition key = client id.</summary>
internal sealed class ClientEntity() : StoredEntity(rowKey: Row)
{
    public const string Row = "client";

    // A property holds 64 KiB of UTF-16.
    private const int LongestText = 32 * 1024;

    public string Name { get; set; } = "";

    public string Tier { get; set; } = "";

    public string Limits { get; set; } = "{}";

    public string Scopes { get; set; } = "[]";

    public string Models { get; set; } = "[]";

    public string? Application { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Whether a list of texts fits a property as it is stored.</summary>
    public static bool CanHold(IReadOnlyList<string> texts) => Write(texts).Length <= LongestText;

    public static ClientEntity From(Client client) => new()
    {
        PartitionKey = client.Id,
        ETag = client.ETag,
        Name = client.Name,
        Tier = client.Tier,
        Limits = JsonSerializer.Serialize(client.Limits, ClientJson.Default.ClientLimits),
        Scopes = Write(client.Scopes),
        Models = Write(client.Models),
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

    private static string Write(IReadOnlyList<string> texts) => JsonSerializer.Serialize(texts, ClientJson.Default.IReadOnlyListString);
}
