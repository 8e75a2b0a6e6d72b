namespace AiFunctions.Gateway.Clients.Certificates;

/// <summary>What is kept of a certificate that a client is trusted by: not its subject, which may name a person.</summary>
internal sealed record ClientCertificate
{
    /// <summary>Its SHA-256 thumbprint.</summary>
    public required string Id { get; init; }

    public required string ClientId { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether the time is between the first and the last that the certificate names.</summary>
    public bool IsInItsTime(DateTimeOffset now) => NotBefore <= now && now <= ExpiresAt;
}
