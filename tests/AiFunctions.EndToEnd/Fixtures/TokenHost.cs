namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>A host that takes an authority's tokens, and the authority.</summary>
public sealed class TokenHost(AzuriteFixture azurite) : IAsyncLifetime
{
    private const string Need = "an authority of its own";

    private OidcProvider? _authority;
    private FrontDoor? _host;

    internal OidcProvider Authority => RunningFrontDoor.Own(_authority, Need);

    internal FrontDoor Host => RunningFrontDoor.Own(_host, Need);

    /// <summary>Starts both, unless the front door was started elsewhere.</summary>
    public async ValueTask InitializeAsync()
    {
        if (RunningFrontDoor.Address is not null)
        {
            return;
        }

        _authority = await OidcProvider.StartAsync();
        _host = await FrontDoors.StartAsync(Settings(azurite, _authority));
    }

    /// <summary>Stops both.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_authority is not null)
        {
            await _authority.DisposeAsync();
        }
    }

    /// <summary>The settings of such a host, with tables of its own.</summary>
    internal static Dictionary<string, string?> Settings(AzuriteFixture azurite, OidcProvider authority) => new()
    {
        ["Storage__ConnectionString"] = azurite.ConnectionString,
        ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
        ["Upstreams__0__Name"] = "simulator",
        ["Upstreams__0__Kind"] = "Simulator",
        ["Upstreams__0__Models__0"] = "simulator",
        ["Simulator__WordDelayMilliseconds"] = "0",
        ["Authentication__Jwt__Authority"] = authority.Issuer,
        ["Authentication__Jwt__Audience"] = OidcProvider.Audience,
        ["Authentication__Jwt__RequiredScope"] = "models.use",
        ["Authentication__Jwt__TierClaim"] = "plan",
    };
}
