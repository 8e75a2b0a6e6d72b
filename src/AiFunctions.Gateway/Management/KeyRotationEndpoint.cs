using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.KeyRotation;
using AiFunctions.Gateway.RequestBody;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Management;

/// <summary><c>POST /manage/clients/{id}/keys/{keyId}/rotate</c>.</summary>
internal sealed class KeyRotationEndpoint(ClientKeyStore keys, KeyRotator rotator)
{
    public async Task RotateAsync(HttpContext context)
    {
        var grace = ReadGrace(JsonBody.Of(context).Root);
        var key = await keys.FindAsync(RouteId.Of(context, "id"), RouteId.Of(context, "keyId"), context.RequestAborted)
            ?? throw new GatewayException(GatewayErrors.NotFound);
        await SuccessorResponse.WriteAsync(context, await rotator.RotateAsync(key, grace, context));
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
}
