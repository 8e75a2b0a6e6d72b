using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.Clients.Certificates;

/// <summary>A certificate as it is stored: row key = thumbprint, all in one partition, so that its client is found by a point read.</summary>
internal sealed class ClientCertificateEntity() : StoredEntity(partitionKey: Partition)
{
    public const string Partition = "certificates";

    public string ClientId { get; set; } = "";

    public DateTimeOffset NotBefore { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public static ClientCertificateEntity From(ClientCertificate certificate) => new()
    {
        RowKey = certificate.Id,
        ClientId = certificate.ClientId,
        NotBefore = certificate.NotBefore,
        ExpiresAt = certificate.ExpiresAt,
        CreatedAt = certificate.CreatedAt,
    };

    public ClientCertificate ToCertificate() => new()
    {
        Id = RowKey,
        ClientId = ClientId,
        NotBefore = NotBefore,
        ExpiresAt = ExpiresAt,
        CreatedAt = CreatedAt,
    };
}
