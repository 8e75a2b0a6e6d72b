namespace AiFunctions.Local.Tests.Fixtures;

/// <summary>A host that accepts client certificates, and one that requires them.</summary>
public sealed class CertificateHosts(AzuriteFixture azurite) : IAsyncLifetime
{
    internal TlsHost Accepting { get; private set; } = null!;

    internal TlsHost Requiring { get; private set; } = null!;

    /// <summary>Starts both.</summary>
    public async ValueTask InitializeAsync()
    {
        Accepting = await TlsHost.StartAsync(azurite, "Accept");
        Requiring = await TlsHost.StartAsync(azurite, "Require");
    }

    /// <summary>Stops both.</summary>
    public async ValueTask DisposeAsync()
    {
        await Accepting.DisposeAsync();
        await Requiring.DisposeAsync();
    }
}
