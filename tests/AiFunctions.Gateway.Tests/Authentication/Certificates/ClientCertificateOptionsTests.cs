using AiFunctions.Gateway.Authentication.Certificates;

namespace AiFunctions.Gateway.Tests.Authentication.Certificates;

public class ClientCertificateOptionsTests
{
    [Fact]
    public void The_defaults_are_good() => Check(null, new());

    [Fact]
    public void Unknown_choices_are_named()
    {
        Check("Mode", new() { Mode = (ClientCertificateMode)9 });
        Check("ChainTrust", new() { ChainTrust = (CertificateTrust)9 });
    }

    [Fact]
    public void Revocation_needs_a_chain()
    {
        Check("CheckRevocation", new() { CheckRevocation = true });
        Check(null, new() { CheckRevocation = true, ChainTrust = CertificateTrust.System });
    }

    [Fact]
    public void Roots_are_for_custom_roots()
    {
        Check("TrustedRoots", new() { ChainTrust = CertificateTrust.CustomRoots });
        Check("TrustedRoots", new() { ChainTrust = CertificateTrust.System, TrustedRoots = ["roots.pem"] });
        Check("TrustedRoots__0", new() { ChainTrust = CertificateTrust.CustomRoots, TrustedRoots = ["/nowhere/roots.pem"] });
        Check("TrustedRoots__0", new() { ChainTrust = CertificateTrust.CustomRoots, TrustedRoots = [""] });
        Check("TrustedRoots__0", new() { ChainTrust = CertificateTrust.CustomRoots, TrustedRoots = [typeof(ClientCertificateOptionsTests).Assembly.Location] });
    }

    private static void Check(string? setting, ClientCertificateOptions options)
    {
        var result = new ClientCertificateOptionsValidator().Validate(null, options);

        Assert.Equal(setting is null, result.Succeeded);
        if (setting is not null)
        {
            Assert.StartsWith($"Authentication__ClientCertificates__{setting} ", Assert.Single(result.Failures!), StringComparison.Ordinal);
        }
    }
}
