using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication.Certificates;

/// <summary>Checks the settings of client certificates at start.</summary>
internal sealed class ClientCertificateOptionsValidator : IValidateOptions<ClientCertificateOptions>
{
    public ValidateOptionsResult Validate(string? name, ClientCertificateOptions options)
    {
        if (!Enum.IsDefined(options.Mode))
        {
            return Fail(nameof(options.Mode), $"must be one of {string.Join(", ", Enum.GetNames<ClientCertificateMode>())}");
        }

        if (!Enum.IsDefined(options.ChainTrust))
        {
            return Fail(nameof(options.ChainTrust), $"must be one of {string.Join(", ", Enum.GetNames<CertificateTrust>())}");
        }

        if (options.CheckRevocation && options.ChainTrust == CertificateTrust.Registered)
        {
            return Fail(nameof(options.CheckRevocation), "needs a chain to check; set Authentication__ClientCertificates__ChainTrust to System or CustomRoots");
        }

        if (options.ChainTrust == CertificateTrust.CustomRoots != options.TrustedRoots.Count > 0)
        {
            return Fail(nameof(options.TrustedRoots), "must name PEM files with Authentication__ClientCertificates__ChainTrust=CustomRoots, and only then");
        }

        for (var i = 0; i < options.TrustedRoots.Count; i++)
        {
            if (!HasRoot(options.TrustedRoots[i]))
            {
                return Fail(FormattableString.Invariant($"{nameof(options.TrustedRoots)}__{i}"), "must be a PEM file that can be read and has certificates in it");
            }
        }

        return ValidateOptionsResult.Success;
    }

    private static bool HasRoot(string path)
    {
        try
        {
            return CertificateChains.Load([path]).Count > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static ValidateOptionsResult Fail(string setting, string rule) =>
        ValidateOptionsResult.Fail($"Authentication__ClientCertificates__{setting} {rule}.");
}
