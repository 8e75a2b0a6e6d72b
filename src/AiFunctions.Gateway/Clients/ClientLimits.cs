using System.Text.Json.Serialization;

namespace AiFunctions.Gateway.Clients;

/// <summary>The figures of a tier that a client has other than its tier. Null: as the tier says.</summary>
internal sealed record ClientLimits
{
    public static readonly ClientLimits None = new();

    [JsonPropertyName("requests_per_minute")]
    public long? RequestsPerMinute { get; init; }

    [JsonPropertyName("requests_per_day")]
    public long? RequestsPerDay { get; init; }

    [JsonPropertyName("tokens_per_minute")]
    public long? TokensPerMinute { get; init; }

    [JsonPropertyName("tokens_per_day")]
    public long? TokensPerDay { get; init; }

    [JsonPropertyName("concurrent_requests")]
    public long? ConcurrentRequests { get; init; }

    [JsonPropertyName("queued_requests")]
    public long? QueuedRequests { get; init; }

    [JsonPropertyName("max_request_characters")]
    public long? MaxRequestCharacters { get; init; }

    [JsonPropertyName("max_output_tokens")]
    public long? MaxOutputTokens { get; init; }
}
