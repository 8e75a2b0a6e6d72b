using System.Text.Json;
using AiFunctions.Gateway.Authentication.Applications;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Clients.Certificates;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.Tiers;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Management;

/// <summary><c>/manage/clients</c>.</summary>
internal sealed class ClientEndpoints(
    ClientStore clients,
    OperationScopes scopes,
    ClientKeyStore keys,
    ClientCertificateStore certificates,
    ApplicationStore applications,
    ClientDirectory directory,
    TierCatalog tiers,
    TimeProvider time)
{
    public async Task CreateAsync(HttpContext context)
    {
        var request = Read(context);
        Client client;
        do
        {
            client = request.Create(time.GetUtcNow());
        }
        while (!await clients.TryAddAsync(client, context.RequestAborted));

        try
        {
            await ClaimApplicationAsync(request, client, context.RequestAborted);
        }
        catch (GatewayException)
        {
            await clients.DeleteAsync(client.Id, CancellationToken.None);
            throw;
        }

        directory.Forget(client.Id);
        await WriteAsync(context, StatusCodes.Status201Created, client);
    }

    public async Task ListAsync(HttpContext context)
    {
        var page = Paging.Read(context.Request.Query);
        var list = await clients.ListAsync(page.After, page.Limit + 1, context.RequestAborted);
        await page.WriteAsync(context, list, client => client.Id, Write);
    }

    public async Task GetAsync(HttpContext context) =>
        await WriteAsync(context, StatusCodes.Status200OK, await FindAsync(context));

    public async Task UpdateAsync(HttpContext context)
    {
        var request = Read(context);
        Client before, changed;
        do
        {
            before = await FindAsync(context);
            changed = request.ApplyTo(before, time.GetUtcNow());
            await ClaimApplicationAsync(request, changed, context.RequestAborted);
        }
        while (!await clients.TryReplaceAsync(changed, context.RequestAborted));

        if (before.Application is { } given && given != changed.Application && applications.IsOn)
        {
            await applications.ReleaseAsync(given, before.Id, CancellationToken.None);
        }

        directory.Forget(changed.Id);
        await WriteAsync(context, StatusCodes.Status200OK, changed);
    }

    public async Task DeleteAsync(HttpContext context)
    {
        var id = RouteId.Of(context, "id");

        var client = await clients.FindAsync(id, context.RequestAborted);

        // The client goes first: without it none of its credentials opens anything, even if the process ends before they are deleted too.
        // Asking again after such an end finds no client but still clears the keys and certificates.
        var existed = await clients.DeleteAsync(id, context.RequestAborted);
        directory.Forget(id);
        await keys.DeleteAllAsync(id, context.RequestAborted);
        await certificates.DeleteAllAsync(id, context.RequestAborted);
        if (client?.Application is { } application && applications.IsOn)
        {
            await applications.ReleaseAsync(application, id, context.RequestAborted);
        }

        if (!existed)
        {
            throw new GatewayException(GatewayErrors.NotFound);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task<Client> FindAsync(HttpContext context) =>
        await clients.FindAsync(RouteId.Of(context, "id"), context.RequestAborted) ?? throw new GatewayException(GatewayErrors.NotFound);

    private ClientRequest Read(HttpContext context)
    {
        var request = ClientRequest.Read(JsonBody.Of(context).Root, tiers, scopes);
        return request is { Application: not null } && !applications.IsOn
            ? throw RequestFields.Invalid("application", "needs an authority; set Authentication__Jwt__Authority")
            : request;
    }

    private async Task ClaimApplicationAsync(ClientRequest request, Client client, CancellationToken cancellationToken)
    {
        if (request.NamesApplication
            && client.Application is { } application
            && !await applications.TryClaimAsync(application, client.Id, cancellationToken))
        {
            throw RequestFields.Invalid("application", "is registered for another client");
        }
    }

    private static Task WriteAsync(HttpContext context, int status, Client client) =>
        JsonResponse.WriteAsync(context, status, writer => Write(writer, client));

    private static void Write(Utf8JsonWriter writer, Client client)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, client.Id);
        writer.WriteString("name"u8, client.Name);
        writer.WriteString("tier"u8, client.Tier);
        writer.WritePropertyName("limits"u8);
        JsonSerializer.Serialize(writer, client.Limits, ClientJson.Default.ClientLimits);
        writer.WritePropertyName("scopes"u8);
        JsonSerializer.Serialize(writer, client.Scopes, ClientJson.Default.IReadOnlyListString);
        writer.WritePropertyName("models"u8);
        JsonSerializer.Serialize(writer, client.Models, ClientJson.Default.IReadOnlyListString);
        writer.WriteString("application"u8, client.Application);
        writer.WriteString("created_at"u8, client.CreatedAt);
        writer.WriteString("updated_at"u8, client.UpdatedAt);
        writer.WriteEndObject();
    }
}
