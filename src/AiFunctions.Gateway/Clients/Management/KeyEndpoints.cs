using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.RequestBody;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Clients.Management;

/// <summary><c>/manage/clients/{id}/keys</c>.</summary>
internal sealed class KeyEndpoints(ClientStore clients, ClientKeyStore keys, ClientDirectory directory)
{
    private const int LongestLifeInDays = 3650;

    public async Task IssueAsync(HttpContext context)
    {
        var lifetime = ReadLifetime(JsonBody.Of(context).Root);
        var client = await FindClientAsync(context);
        var issued = await keys.IssueAsync(client.Id, lifetime, context.RequestAborted);
        await JsonResponse.WriteAsync(context, StatusCodes.Status201Created, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("key_id"u8, issued.Record.KeyId);
            writer.WriteString("key"u8, issued.Key);
            WriteTime(writer, "created_at", issued.Record.CreatedAt);
            WriteTime(writer, "expires_at", issued.Record.ExpiresAt);
            writer.WriteEndObject();
        });
    }

    public async Task ListAsync(HttpContext context)
    {
        var page = Paging.Read(context.Request.Query);
        var client = await FindClientAsync(context);
        var list = await keys.ListAsync(client.Id, page.After, page.Limit + 1, context.RequestAborted);
        await page.WriteAsync(context, list, key => key.KeyId, static (writer, key) =>
        {
            writer.WriteStartObject();
            writer.WriteString("key_id"u8, key.KeyId);
            WriteTime(writer, "created_at", key.CreatedAt);
            WriteTime(writer, "expires_at", key.ExpiresAt);
            WriteTime(writer, "revoked_at", key.RevokedAt);
            WriteTime(writer, "rotated_at", key.RotatedAt);
            writer.WriteEndObject();
        });
    }

    public async Task RevokeAsync(HttpContext context)
    {
        var client = await FindClientAsync(context);
        var revoked = await keys.RevokeAsync(client.Id, RouteId.Of(context, "keyId"), context.RequestAborted);
        directory.Forget(client.Id);
        context.Response.StatusCode = revoked ? StatusCodes.Status204NoContent : throw new GatewayException(GatewayErrors.NotFound);
    }

    private async Task<Client> FindClientAsync(HttpContext context) =>
        await clients.FindAsync(RouteId.Of(context, "id"), context.RequestAborted) ?? throw new GatewayException(GatewayErrors.NotFound);

    private static TimeSpan? ReadLifetime(JsonElement body)
    {
        long? days = null;
        if (body.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in body.EnumerateObject())
            {
                days = field.Name == "expires_in_days"
                    ? RequestFields.Integer(field.Value, field.Name, 1, LongestLifeInDays)
                    : throw RequestFields.Unknown(field.Name);
            }
        }

        return days is { } given ? TimeSpan.FromDays(given) : null;
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } given)
        {
            writer.WriteString(name, given);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
