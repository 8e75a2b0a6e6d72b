using System.Security.Cryptography;
using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Clients.Certificates;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.RequestBody;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Management;

/// <summary><c>/manage/clients/{id}/certificates</c>.</summary>
internal sealed class CertificateEndpoints(ClientStore clients, ClientCertificateStore certificates, ClientDirectory directory, TimeProvider time)
{
    private const int MostOfOneClient = 100;

    public async Task AddAsync(HttpContext context)
    {
        using var certificate = CertificatePem.Read(ReadPem(JsonBody.Of(context).Root), time.GetUtcNow(), out var fault)
            ?? throw RequestFields.Invalid("pem", fault!);
        var client = await FindClientAsync(context);
        if ((await certificates.ListAsync(client.Id, after: null, MostOfOneClient, context.RequestAborted)).Count == MostOfOneClient)
        {
            throw RequestFields.Invalid("pem", $"cannot be added: the client has {MostOfOneClient} certificates; remove those that are no longer used");
        }

        var added = new ClientCertificate
        {
            Id = CertificateId.Of(certificate.GetCertHash(HashAlgorithmName.SHA256)),
            ClientId = client.Id,
            NotBefore = certificate.NotBefore.ToUniversalTime(),
            ExpiresAt = certificate.NotAfter.ToUniversalTime(),
            CreatedAt = time.GetUtcNow(),
        };
        var stored = await certificates.AddAsync(added, context.RequestAborted) ?? throw RequestFields.Invalid("pem", "is registered for another client");
        directory.Forget(client.Id);
        var subject = certificate.Subject;
        await JsonResponse.WriteAsync(context, StatusCodes.Status201Created, writer => Write(writer, stored, subject));
    }

    public async Task ListAsync(HttpContext context)
    {
        var page = Paging.Read(context.Request.Query, CertificateId.IsWellFormed);
        var client = await FindClientAsync(context);
        var list = await certificates.ListAsync(client.Id, page.After, page.Limit + 1, context.RequestAborted);
        await page.WriteAsync(context, list, certificate => certificate.Id, static (writer, certificate) => Write(writer, certificate, subject: null));
    }

    public async Task RemoveAsync(HttpContext context)
    {
        var client = await FindClientAsync(context);
        var isRemoved = context.Request.RouteValues["certificateId"] is string id
            && CertificateId.IsWellFormed(id)
            && await certificates.RemoveAsync(client.Id, id, context.RequestAborted);
        directory.Forget(client.Id);
        context.Response.StatusCode = isRemoved ? StatusCodes.Status204NoContent : throw new GatewayException(GatewayErrors.NotFound);
    }

    private async Task<Client> FindClientAsync(HttpContext context) =>
        await clients.FindAsync(RouteId.Of(context, "id"), context.RequestAborted) ?? throw new GatewayException(GatewayErrors.NotFound);

    private static string ReadPem(JsonElement body)
    {
        string? pem = null;
        foreach (var field in body.EnumerateObject())
        {
            if (field.Name != "pem")
            {
                throw RequestFields.Unknown(field.Name);
            }

            pem = field.Value.ValueKind == JsonValueKind.String && field.Value.GetString() is { Length: <= CertificatePem.Longest } text
                ? text
                : throw RequestFields.Invalid("pem", $"must be a text of at most {CertificatePem.Longest} characters");
        }

        return pem ?? throw RequestFields.Invalid("pem", "is missing; send the client's certificate");
    }

    // The subject is shown to whoever adds the certificate, so that they see which it is, and is not kept.
    private static void Write(Utf8JsonWriter writer, ClientCertificate certificate, string? subject)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, certificate.Id);
        if (subject is not null)
        {
            writer.WriteString("subject"u8, subject);
        }

        writer.WriteString("not_before"u8, certificate.NotBefore);
        writer.WriteString("expires_at"u8, certificate.ExpiresAt);
        writer.WriteString("created_at"u8, certificate.CreatedAt);
        writer.WriteEndObject();
    }
}
