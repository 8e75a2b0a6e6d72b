using System.Text.Json.Serialization;

namespace AiFunctions.Gateway.Clients;

/// <summary>JSON for a client's stored and shown parts.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClientLimits))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class ClientJson : JsonSerializerContext;
