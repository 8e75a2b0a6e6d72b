namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>One host with the built-in simulator, for every test that changes nothing about it.</summary>
public sealed class SimulatorHost(AzuriteFixture azurite) : IAsyncLifetime
{
    internal FrontDoor Host { get; private set; } = null!;

    /// <summary>Starts the host, or takes the one that was started elsewhere.</summary>
    public async ValueTask InitializeAsync() => Host = RunningFrontDoor.Address is { } address
        ? await FrontDoors.AttachAsync(address)
        : await FrontDoors.StartAsync(Settings());

    /// <summary>Stops the host.</summary>
    public async ValueTask DisposeAsync() => await Host.DisposeAsync();

    private Dictionary<string, string?> Settings() => new()
    {
        ["Storage__ConnectionString"] = azurite.ConnectionString,
        ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
        ["Upstreams__0__Name"] = "simulator",
        ["Upstreams__0__Kind"] = "Simulator",
        ["Upstreams__0__Models__0"] = "simulator", // Without it the simulator serves any model, and none is unknown.
    };
}
