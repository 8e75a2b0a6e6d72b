namespace AiFunctions.Local.Tests.Fixtures;

/// <summary>One host with the built-in simulator, for every test that changes nothing about it.</summary>
public sealed class SimulatorHost(AzuriteFixture azurite) : IAsyncLifetime
{
    internal LocalHost Host { get; private set; } = null!;

    /// <summary>Starts the host.</summary>
    public async ValueTask InitializeAsync() => Host = await LocalHost.StartAsync(new Dictionary<string, string?>
    {
        ["Storage__ConnectionString"] = azurite.ConnectionString,
        ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
        ["Upstreams__0__Name"] = "simulator",
        ["Upstreams__0__Kind"] = "Simulator",
        ["Upstreams__0__Models__0"] = "simulator", // Without it the simulator serves any model, and none is unknown.
    });

    /// <summary>Stops the host.</summary>
    public async ValueTask DisposeAsync() => await Host.DisposeAsync();
}
