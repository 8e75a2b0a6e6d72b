using System.Net.Http;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AiFunctions.Local.Tests.Fixtures;

/// <summary>Certificates of a test's own making.</summary>
internal static class TestCertificates
{
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>A certificate with its key; signed by itself unless an issuer is given.</summary>
    public static X509Certificate2 Create(
        string name, TimeSpan? from = null, TimeSpan? until = null, X509Certificate2? issuer = null, string use = ClientAuthentication, int bits = 2048,
        Uri? revocations = null)
    {
        using var key = RSA.Create(bits);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        if (revocations is not null)
        {
            request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([revocations.AbsoluteUri]));
        }

        if (use == ServerAuthentication)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(System.Net.IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        }

        var notBefore = DateTimeOffset.UtcNow + (from ?? TimeSpan.FromHours(-1));
        var notAfter = DateTimeOffset.UtcNow + (until ?? TimeSpan.FromDays(1));
        if (issuer is null)
        {
            using var own = request.CreateSelfSigned(notBefore, notAfter);
            return Usable(own);
        }

        using var signed = request.Create(issuer, notBefore, notAfter, RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);
        return Usable(whole);
    }

    /// <summary>A certificate, as PEM, whose extension for its uses is no ASN.1.</summary>
    public static string WithUnreadableUse()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=unreadable use", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509Extension("2.5.29.37", [1, 2, 3], critical: false));
        return Sign(request, key);
    }

    /// <summary>A certificate, as PEM, whose key calls itself RSA and is none.</summary>
    public static string WithUnreadableKey()
    {
        using var key = RSA.Create(2048);
        var none = new PublicKey(new Oid("1.2.840.113549.1.1.1"), new AsnEncodedData([5, 0]), new AsnEncodedData([1, 2, 3]));
        return Sign(new CertificateRequest(new X500DistinguishedName("CN=unreadable key"), none, HashAlgorithmName.SHA256), key);
    }

    /// <summary>An authority that certificates can be signed by.</summary>
    public static X509Certificate2 CreateAuthority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2));
        return Usable(own);
    }

    /// <summary>A handler that trusts this server alone and shows this certificate, whatever is wrong with it.</summary>
    public static SocketsHttpHandler Handler(X509Certificate2 server, X509Certificate2? client)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == server.GetCertHashString(),
            },
        };
        if (client is not null)
        {
            handler.SslOptions.ClientCertificates = [client];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => client;
        }

        return handler;
    }

    private static string Sign(CertificateRequest request, RSA key)
    {
        var signing = X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1);
        using var certificate = request.Create(request.SubjectName, signing, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3]);
        return certificate.ExportCertificatePem();
    }

    // As some systems' TLS wants it: with a key that was imported.
    private static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null, X509KeyStorageFlags.Exportable);
}
