using System.Text.Json;

namespace AiFunctions.Gateway.Errors;

/// <summary>An error as the contract words it: a status, a code, and one line that says what to do. It never holds what a caller sent.</summary>
internal sealed record GatewayError(int Status, string Code, string Message)
{
    /// <summary>The field that is at fault, as a path such as <c>messages[0].role</c>.</summary>
    public string? Param { get; init; }

    /// <summary>Seconds after which trying again makes sense; sent as <c>Retry-After</c>.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The same to the millisecond, where it is no number of seconds; sent as <c>retry-after-ms</c> besides.</summary>
    public long? RetryAfterMilliseconds { get; init; }

    /// <summary>What <c>WWW-Authenticate</c> says (RFC 6750, section 3); by default, with a 401, that a bearer credential is taken.</summary>
    public string? Challenge { get; init; }

    /// <summary>Whether the client has done what it was told not to do: it counts towards a block.</summary>
    public bool IsViolation { get; init; }

    /// <summary>The error's family, as the published SDKs know it.</summary>
    public string Type => Status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };

    /// <summary>Writes the whole <c>{"error":{…}}</c> object.</summary>
    public void WriteTo(Utf8JsonWriter writer, string requestId)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, Message);
        writer.WriteString("type"u8, Type);
        writer.WriteString("code"u8, Code);
        writer.WriteString("param"u8, Param);
        writer.WriteString("request_id"u8, requestId);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
