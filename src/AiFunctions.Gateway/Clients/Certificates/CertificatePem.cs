using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AiFunctions.Gateway.Clients.Certificates;

/// <summary>Reads the certificate that an operator hands in.</summary>
internal static class CertificatePem
{
    /// <summary>The longest text that is looked at, in characters.</summary>
    public const int Longest = 16 * 1024;

    private const string CertificateLabel = "CERTIFICATE";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string AnyUse = "2.5.29.37.0";
    private const int ShortestRsaKey = 2048;
    private const int EarliestYear = 1950;

    /// <summary>Reads PEM text with one certificate and no key.</summary>
    /// <param name="pem">The text.</param>
    /// <param name="now">The time.</param>
    /// <param name="fault">What is wrong with it, as the end of a sentence.</param>
    /// <returns>The certificate, for the caller to dispose of; null when something is wrong.</returns>
    public static X509Certificate2? Read(string pem, DateTimeOffset now, out string? fault)
    {
        var rest = pem.AsSpan();
        byte[]? der = null;
        while (PemEncoding.TryFind(rest, out var found))
        {
            var label = rest[found.Label];
            if (label.Contains("PRIVATE KEY", StringComparison.Ordinal))
            {
                fault = "holds a private key, which is nobody's but the client's; send the certificate alone and replace that key";
                return null;
            }

            if (!label.SequenceEqual(CertificateLabel) || der is not null)
            {
                fault = "must hold one certificate and nothing else";
                return null;
            }

            der = Convert.FromBase64String(rest[found.Base64Data].ToString());
            rest = rest[found.Location.End..];
        }

        if (der is null || rest.Contains("-----BEGIN", StringComparison.Ordinal) || Load(der) is not { } certificate)
        {
            fault = "must be an X.509 certificate in PEM, from '-----BEGIN CERTIFICATE-----' to '-----END CERTIFICATE-----'";
            return null;
        }

        fault = FaultOf(certificate, now);
        if (fault is not null)
        {
            certificate.Dispose();
            return null;
        }

        return certificate;
    }

    private static X509Certificate2? Load(byte[] der)
    {
        try
        {
            var certificate = X509CertificateLoader.LoadCertificate(der);
            if (certificate.RawDataMemory.Span.SequenceEqual(der))
            {
                return certificate;
            }

            certificate.Dispose(); // bytes follow the certificate, and would change its thumbprint
            return null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static string? FaultOf(X509Certificate2 certificate, DateTimeOffset now)
    {
        try
        {
            _ = certificate.Subject; // decoded only when it is asked for, as the rest is
            return FaultOfContent(certificate, now);
        }
        catch (CryptographicException)
        {
            return "holds something that cannot be read; have the certificate issued anew";
        }
    }

    private static string? FaultOfContent(X509Certificate2 certificate, DateTimeOffset now)
    {
        if (certificate.NotAfter.ToUniversalTime() <= now)
        {
            return "has expired; send the certificate that the client has now";
        }

        if (certificate.NotBefore.Year < EarliestYear)
        {
            return "is valid since before 1950, which no certificate is; have it issued anew";
        }

        var uses = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault()?.EnhancedKeyUsages.Cast<Oid>();
        if (uses?.Any(use => use.Value is ClientAuthentication or AnyUse) == false)
        {
            return "is not for client authentication";
        }

        using var rsa = certificate.GetRSAPublicKey();
        return rsa?.KeySize < ShortestRsaKey ? "has an RSA key of less than 2048 bits" : null;
    }
}
