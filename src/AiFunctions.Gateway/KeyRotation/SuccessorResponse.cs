using AiFunctions.Gateway.Operations;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary>Shows a key's successor, this once.</summary>
internal static class SuccessorResponse
{
    public static Task WriteAsync(HttpContext context, (string KeyId, string Key, DateTimeOffset PreviousKeyExpiresAt) successor) =>
        JsonResponse.WriteAsync(context, StatusCodes.Status201Created, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("key_id"u8, successor.KeyId);
            writer.WriteString("key"u8, successor.Key);
            writer.WriteString("previous_key_expires_at"u8, successor.PreviousKeyExpiresAt);
            writer.WriteEndObject();
        });
}
