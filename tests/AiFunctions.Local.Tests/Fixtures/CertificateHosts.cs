namespace AiFunctions.Local.Tests.Fixtures;

/// <summary>A host that accepts client certificates, and one that requires them.</summary>
public sealed class CertificateHosts(AzuriteFixture azurite) : IAsyncLifetime
{
    private const string Need = "hosts that ask for client certificates";

    private TlsHost? _accepting;
    private TlsHost? _requiring;

    internal TlsHost Accepting => RunningFrontDoor.Own(_accepting, Need);

    internal TlsHost Requiring => RunningFrontDoor.Own(_requiring, Need);

    /// <summary>Starts both, unless the front door was started elsewhere.</summary>
    public async ValueTask InitializeAsync()
    {
        if (RunningFrontDoor.Address is not null)
        {
            return;
        }

        _accepting = await TlsHost.StartAsync(azurite, "Accept");
        _requiring = await TlsHost.StartAsync(azurite, "Require");
    }

    /// <summary>Stops both.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_accepting is not null)
        {
            await _accepting.DisposeAsync();
        }

        if (_requiring is not null)
        {
            await _requiring.DisposeAsync();
        }
    }
}
