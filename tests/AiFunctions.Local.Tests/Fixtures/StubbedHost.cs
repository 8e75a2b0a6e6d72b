namespace AiFunctions.Local.Tests.Fixtures;

/// <summary>One host in front of one scripted upstream. A test adds a model of its own, so tests do not disturb each other.</summary>
public sealed class StubbedHost(AzuriteFixture azurite) : IAsyncLifetime
{
    /// <summary>The key that the host has for the upstream, and that no client may see.</summary>
    public const string UpstreamKey = "upstream-key-of-the-tests";

    internal LocalHost Host { get; private set; } = null!;

    internal StubUpstream Upstream { get; private set; } = null!;

    /// <summary>Starts both.</summary>
    public async ValueTask InitializeAsync()
    {
        Upstream = await StubUpstream.StartAsync();
        Host = await LocalHost.StartAsync(new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
            ["Upstreams__0__Name"] = "stub",
            ["Upstreams__0__Kind"] = "OpenAI",
            ["Upstreams__0__BaseUrl"] = Upstream.BaseUrl,
            ["Upstreams__0__ApiKey"] = UpstreamKey,
            ["Upstreams__0__Models__0"] = "*",
        });
    }

    /// <summary>Stops both.</summary>
    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
