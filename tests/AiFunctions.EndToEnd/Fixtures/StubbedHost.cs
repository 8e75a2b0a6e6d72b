namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>One host in front of one scripted upstream. A test adds a model of its own, so tests do not disturb each other.</summary>
public sealed class StubbedHost(AzuriteFixture azurite) : IAsyncLifetime
{
    /// <summary>The key that the host has for the upstream, and that no client may see.</summary>
    public const string UpstreamKey = "upstream-key-of-the-tests";

    private FrontDoor? _host;
    private StubUpstream? _upstream;

    internal FrontDoor Host => RunningFrontDoor.Own(_host, "a host with an upstream of its own");

    internal StubUpstream Upstream => RunningFrontDoor.Own(_upstream, "an upstream of its own");

    /// <summary>Starts both, unless the front door was started elsewhere: then the tests that use them are skipped, and others of their class are not.</summary>
    public async ValueTask InitializeAsync()
    {
        if (RunningFrontDoor.Address is not null)
        {
            return;
        }

        _upstream = await StubUpstream.StartAsync();
        _host = await FrontDoors.StartAsync(new Dictionary<string, string?>
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
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_upstream is not null)
        {
            await _upstream.DisposeAsync();
        }
    }
}
