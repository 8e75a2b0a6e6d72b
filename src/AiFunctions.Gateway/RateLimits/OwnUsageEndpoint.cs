using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.Tiers;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.RateLimits;

/// <summary><c>GET /v1/usage</c>: how the calling client stands.</summary>
internal sealed class OwnUsageEndpoint(RateLimiter limiter, TierCatalog tiers)
{
    public async Task GetAsync(HttpContext context)
    {
        var identity = ClientIdentity.Of(context);
        var lease = limiter.Get(identity.LimitId);
        await lease.RefreshAsync(onlyIfNever: false, context.RequestAborted);
        var usage = lease.GetUsage(tiers.For(identity.Client));
        await JsonResponse.WriteAsync(context, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "usage"u8);
            writer.WriteString("tier"u8, identity.Client.Tier);
            foreach (var window in usage)
            {
                Write(writer, window);
            }

            writer.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter writer, WindowUsage window)
    {
        writer.WriteStartObject(LimitFigure.Of(window.Kind).JsonName);
        writer.WriteNumber("limit"u8, window.Limit);
        writer.WriteNumber("used"u8, window.Used);
        writer.WriteNumber("remaining"u8, window.Remaining);
        writer.WriteString("resets_at"u8, window.ResetsAt);
        writer.WriteEndObject();
    }
}
