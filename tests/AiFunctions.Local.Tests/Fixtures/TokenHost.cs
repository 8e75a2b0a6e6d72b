namespace AiFunctions.Local.Tests.Fixtures;

/// <summary>A host that takes an authority's tokens, and the authority.</summary>
public sealed class TokenHost(AzuriteFixture azurite) : IAsyncLifetime
{
    internal OidcProvider Authority { get; private set; } = null!;

    internal LocalHost Host { get; private set; } = null!;

    /// <summary>Starts both.</summary>
    public async ValueTask InitializeAsync()
    {
        Authority = await OidcProvider.StartAsync();
        Host = await LocalHost.StartAsync(Settings(azurite, Authority));
    }

    /// <summary>Stops both.</summary>
    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Authority.DisposeAsync();
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
