using System.Text.Json;
using AiFunctions.Gateway.Authentication;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Clients.Management;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.RequestBody;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary><c>POST /v1/keys/rotate</c>, with the key that is to be replaced, and <c>POST /manage/clients/{id}/keys/{keyId}/rotate</c>.</summary>
internal sealed class KeyRotationEndpoints(ClientKeyStore keys, KeyRotator rotator)
{
    public async Task RotateOwnAsync(HttpContext context)
    {
        RefuseFields(JsonBody.Of(context).Root);
        var key = ClientIdentity.Of(context).Key ?? throw new GatewayException(GatewayErrors.NoKeyToRotate);
        await WriteAsync(context, await rotator.PickUpAsync(key, context));
    }

    public async Task RotateAsync(HttpContext context)
    {
        var grace = ReadGrace(JsonBody.Of(context).Root);
        var key = await keys.FindAsync(RouteId.Of(context, "id"), RouteId.Of(context, "keyId"), context.RequestAborted)
            ?? throw new GatewayException(GatewayErrors.NotFound);
        await WriteAsync(context, await rotator.RotateAsync(key, grace, context));
    }

    private static async Task WriteAsync(HttpContext context, (string KeyId, string Key, DateTimeOffset PreviousKeyExpiresAt) successor)
    {
        await JsonResponse.WriteAsync(context, StatusCodes.Status201Created, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("key_id"u8, successor.KeyId);
            writer.WriteString("key"u8, successor.Key);
            writer.WriteString("previous_key_expires_at"u8, successor.PreviousKeyExpiresAt);
            writer.WriteEndObject();
        });
    }

    private static TimeSpan? ReadGrace(JsonElement body)
    {
        long? days = null;
        if (body.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in body.EnumerateObject())
            {
                days = field.Name == "grace_days"
                    ? RequestFields.Integer(field.Value, field.Name, 0, KeyRotationOptions.LongestGraceDays)
                    : throw RequestFields.Unknown(field.Name);
            }
        }

        return days is { } given ? TimeSpan.FromDays(given) : null;
    }

    private static void RefuseFields(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.Object && body.EnumerateObject() is var fields && fields.MoveNext())
        {
            throw RequestFields.Unknown(fields.Current.Name);
        }
    }
}
