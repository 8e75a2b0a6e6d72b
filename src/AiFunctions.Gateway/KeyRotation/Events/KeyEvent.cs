using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Operations;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.KeyRotation.Events;

/// <summary>Something that happened to a key.</summary>
internal sealed record KeyEvent
{
    public required KeyEventType Type { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string ClientId { get; init; }

    public required string KeyId { get; init; }

    public string? SuccessorId { get; init; }

    /// <summary>Who did it: <c>client</c>, <c>management</c> or <c>job</c>.</summary>
    public required string By { get; init; }

    /// <summary>The request that did it; null for the job.</summary>
    public string? RequestId { get; init; }

    public static KeyEvent OfJob(KeyEventType type, DateTimeOffset at, ClientKey key) =>
        new() { Type = type, At = at, ClientId = key.ClientId, KeyId = key.KeyId, By = "job" };

    public static KeyEvent OfRequest(KeyEventType type, DateTimeOffset at, ClientKey key, HttpContext context) => new()
    {
        Type = type,
        At = at,
        ClientId = key.ClientId,
        KeyId = key.KeyId,
        By = context.GetOperation()?.Access == OperationAccess.Management ? "management" : "client",
        RequestId = context.TraceIdentifier,
    };
}
