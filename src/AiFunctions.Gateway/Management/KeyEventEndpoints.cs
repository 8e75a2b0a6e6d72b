using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.KeyRotation.Events;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Management;

/// <summary><c>GET /manage/clients/{id}/keys/events</c>.</summary>
internal sealed class KeyEventEndpoints(ClientStore clients, KeyEventStore events)
{
    private static readonly Dictionary<KeyEventType, string> Names = new()
    {
        [KeyEventType.Issued] = "issued",
        [KeyEventType.Rotated] = "rotated",
        [KeyEventType.PickedUp] = "picked_up",
        [KeyEventType.Delivered] = "delivered",
        [KeyEventType.Revoked] = "revoked",
        [KeyEventType.Discarded] = "discarded",
    };

    public async Task ListAsync(HttpContext context)
    {
        var page = Paging.Read(context.Request.Query, KeyEventEntity.IsId);
        var client = await clients.FindAsync(RouteId.Of(context, "id"), context.RequestAborted) ?? throw new GatewayException(GatewayErrors.NotFound);
        var list = await events.ListAsync(client.Id, page.After, page.Limit + 1, context.RequestAborted);
        await page.WriteAsync(context, list, KeyEventEntity.IdOf, static (writer, happened) =>
        {
            writer.WriteStartObject();
            writer.WriteString("event"u8, Names[happened.Type]);
            writer.WriteString("at"u8, happened.At);
            writer.WriteString("key_id"u8, happened.KeyId);
            writer.WriteString("successor_id"u8, happened.SuccessorId);
            writer.WriteString("by"u8, happened.By);
            writer.WriteString("request_id"u8, happened.RequestId);
            writer.WriteEndObject();
        });
    }
}
