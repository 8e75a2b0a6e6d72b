using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication.Certificates;

/// <summary>Judges certificates by who has signed them, where the settings demand that. A judgement holds for 25 s.</summary>
internal sealed class CertificateChains(IOptions<ClientCertificateOptions> options, TimeProvider time)
{
    private const int Capacity = 10_000;
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan LongestRetrieval = TimeSpan.FromSeconds(5);

    private readonly ClientCertificateOptions _options = options.Value;
    private readonly Lazy<X509Certificate2Collection> _given = new(() => Load(options.Value.TrustedRoots));
    private readonly RecordCache<Judgement> _judgements = new(time, RecordAge.Most, Capacity);

    /// <summary>Whether a registered certificate has the chain that it needs.</summary>
    /// <param name="id">Its thumbprint.</param>
    /// <param name="der">The certificate.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<bool> IsTrustedAsync(string id, byte[] der, CancellationToken cancellationToken)
    {
        if (_options.ChainTrust == CertificateTrust.Registered)
        {
            return true;
        }

        // Aside, because looking up revocations waits for the network.
        var judgement = await _judgements.GetAsync(id, _ => Task.Run(() => (Judgement?)new Judgement(HasChain(der))), cancellationToken);
        return judgement!.IsTrusted;
    }

    /// <summary>Reads PEM files.</summary>
    public static X509Certificate2Collection Load(IEnumerable<string> paths)
    {
        var certificates = new X509Certificate2Collection();
        foreach (var path in paths)
        {
            certificates.ImportFromPemFile(path);
        }

        return certificates;
    }

    private bool HasChain(byte[] der)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            using var chain = new X509Chain();
            var policy = chain.ChainPolicy;
            policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
            policy.VerificationTime = time.GetUtcNow().UtcDateTime;
            policy.VerificationTimeIgnored = false;
            policy.RevocationMode = _options.CheckRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
            policy.RevocationFlag = X509RevocationFlag.ExcludeRoot;
            policy.UrlRetrievalTimeout = LongestRetrieval;
            policy.DisableCertificateDownloads = true; // no certificate may send us to an address of its choice for its issuer
            if (_options.ChainTrust == CertificateTrust.CustomRoots)
            {
                policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                foreach (var given in _given.Value)
                {
                    var isRoot = given.SubjectName.RawData.AsSpan().SequenceEqual(given.IssuerName.RawData);
                    (isRoot ? policy.CustomTrustStore : policy.ExtraStore).Add(given);
                }
            }

            var isTrusted = chain.Build(certificate);
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }

            return isTrusted;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private sealed record Judgement(bool IsTrusted);
}
