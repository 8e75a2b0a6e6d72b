using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.KeyRotation.Events;
using AiFunctions.Gateway.KeyRotation.Use;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.RequestBody;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Management;

/// <summary><c>/manage/clients/{id}/keys</c>.</summary>
internal sealed class KeyEndpoints(ClientStore clients, ClientKeyStore keys, KeyUseStore uses, KeyEventStore events, ClientDirectory directory, TimeProvider time)
{
    private const int LongestLifeInDays = 3650;

    public async Task IssueAsync(HttpContext context)
    {
        var lifetime = ReadLifetime(JsonBody.Of(context).Root);
        var client = await FindClientAsync(context);
        var issued = await keys.IssueAsync(client.Id, lifetime, context.RequestAborted);
        await events.AddAsync(KeyEvent.OfRequest(KeyEventType.Issued, issued.Record.CreatedAt, issued.Record, context));
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
        var used = list.Count == 0 ? [] : await uses.ListAsync(client.Id, list[0].KeyId, list[^1].KeyId, page.Limit + 1, context.RequestAborted);
        await page.WriteAsync(context, list, key => key.KeyId, (writer, key) =>
        {
            writer.WriteStartObject();
            writer.WriteString("key_id"u8, key.KeyId);
            WriteTime(writer, "created_at", key.CreatedAt);
            WriteTime(writer, "expires_at", key.ExpiresAt);
            WriteTime(writer, "revoked_at", key.RevokedAt);
            WriteTime(writer, "rotated_at", key.RotatedAt);
            writer.WriteString("successor_id"u8, key.SuccessorId);
            writer.WriteString("rotated_from"u8, key.PredecessorId);
            writer.WriteBoolean("falls_with_predecessor"u8, key.FallsWithPredecessor);
            writer.WriteString("last_used_on"u8, used.GetValueOrDefault(key.KeyId));
            writer.WriteEndObject();
        });
    }

    public async Task RevokeAsync(HttpContext context)
    {
        var client = await FindClientAsync(context);
        var keyId = RouteId.Of(context, "keyId");
        var revoked = await keys.RevokeAsync(client.Id, keyId, context.RequestAborted);
        directory.Forget(client.Id);
        if (revoked is null)
        {
            throw new GatewayException(GatewayErrors.NotFound);
        }

        foreach (var key in revoked)
        {
            await events.AddAsync(KeyEvent.OfRequest(KeyEventType.Revoked, key.RevokedAt ?? time.GetUtcNow(), key, context));
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
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
