namespace AiFunctions.Gateway.Authentication.Certificates;

/// <summary>Client certificates as a way in. Section <c>Authentication:ClientCertificates</c>.</summary>
public sealed class ClientCertificateOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Authentication:ClientCertificates";

    /// <summary>What they are worth.</summary>
    public ClientCertificateMode Mode { get; set; }

    /// <summary>What a certificate needs beyond being registered and in its time.</summary>
    public CertificateTrust ChainTrust { get; set; }

    /// <summary>With <see cref="CertificateTrust.CustomRoots"/>: PEM files with the roots and, if the chains need them, what stands between.</summary>
    public IList<string> TrustedRoots { get; set; } = [];

    /// <summary>Whether the chain's certificates are looked up in their issuers' revocation lists; what cannot be looked up is not trusted.</summary>
    public bool CheckRevocation { get; set; }

    /// <summary>
    /// For the Functions host in Azure: that the platform asks every caller for a certificate (the app's client certificate mode is <c>Required</c>), and so
    /// sets <c>X-ARR-ClientCert</c> itself on every request. Elsewhere the header is never looked at.
    /// </summary>
    public bool TrustForwardedHeader { get; set; }
}
