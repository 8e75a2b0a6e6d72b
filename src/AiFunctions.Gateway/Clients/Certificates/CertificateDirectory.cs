using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.Clients.Certificates;

/// <summary>Finds whose a certificate is, from records at most 25 s old: what is removed works nowhere after 30 s.</summary>
internal sealed class CertificateDirectory(ClientStore clients, ClientCertificateStore certificates, TimeProvider time) : IClientRecords
{
    private const int Capacity = 20_000;

    private readonly RecordCache<TrustedCertificate> _certificates = new(time, RecordAge.Most, Capacity);

    /// <summary>Finds a certificate and its client; null when it is not registered.</summary>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached.</exception>
    public ValueTask<TrustedCertificate?> FindAsync(string id, CancellationToken cancellationToken) =>
        _certificates.GetAsync(id, ReadAsync, cancellationToken);

    /// <summary>Whether the certificate was found here lately, even if its record is now too old to go by.</summary>
    public bool IsKnown(string id) => _certificates.Contains(id);

    /// <inheritdoc/>
    public void Forget() => _certificates.RemoveWhere(_ => true);

    private async Task<TrustedCertificate?> ReadAsync(string id) =>
        await certificates.FindAsync(id, CancellationToken.None) is { } certificate
        && await clients.FindAsync(certificate.ClientId, CancellationToken.None) is { } client
            ? new TrustedCertificate(certificate, client)
            : null;
}
