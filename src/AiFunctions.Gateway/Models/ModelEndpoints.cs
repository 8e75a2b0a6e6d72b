using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Operations;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Models;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{*id}</c>: the models that this client may use.</summary>
internal sealed class ModelEndpoints(ModelCatalog catalog)
{
    public async Task ListAsync(HttpContext context)
    {
        var client = ClientIdentity.Of(context).Client;
        var models = await catalog.ListAsync(client, context.TraceIdentifier, context.RequestAborted);
        await JsonResponse.WriteAsync(context, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteStartArray("data"u8);
            foreach (var model in models)
            {
                Write(writer, model);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    public async Task GetAsync(HttpContext context)
    {
        // Routing leaves an escaped slash as it is, because it parts no segments; in a model's name it is a slash.
        var id = (context.Request.RouteValues["id"] as string ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        if (await catalog.FindAsync(id, ClientIdentity.Of(context).Client, context.TraceIdentifier, context.RequestAborted) is not { } found)
        {
            await context.WriteErrorAsync(GatewayErrors.ModelNotFound);
            return;
        }

        await JsonResponse.WriteAsync(context, StatusCodes.Status200OK, writer => Write(writer, found));
    }

    private static void Write(Utf8JsonWriter writer, ServedModel model)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, model.Id);
        writer.WriteString("object"u8, "model"u8);
        writer.WriteNumber("created"u8, 0); // the field is required by the SDKs; upstreams do not agree on its meaning
        writer.WriteString("owned_by"u8, model.OwnedBy);
        writer.WriteEndObject();
    }
}
