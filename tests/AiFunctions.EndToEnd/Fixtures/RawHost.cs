namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>
/// Two hosts in front of upstreams at the level of their sockets: one with the first alone, one that has the second to turn to. A test adds models
/// of its own, so tests do not disturb each other.
/// </summary>
public sealed class RawHost(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly RawUpstream _first = new();
    private readonly RawUpstream _second = new();
    private FrontDoor? _single;
    private FrontDoor? _double;

    internal RawUpstream First => _first;

    internal RawUpstream Second => _second;

    internal FrontDoor Single => RunningFrontDoor.Own(_single, "a host with an upstream of its own");

    internal FrontDoor Double => RunningFrontDoor.Own(_double, "a host with upstreams of its own");

    /// <summary>Starts both hosts, unless the front door was started elsewhere: then the tests that use them are skipped.</summary>
    public async ValueTask InitializeAsync()
    {
        if (RunningFrontDoor.Address is null)
        {
            _single = await StartAsync([_first]);
            _double = await StartAsync([_first, _second]);
        }
    }

    /// <summary>Starts a host with settings of its own.</summary>
    internal async Task<FrontDoor> StartAsync(IReadOnlyList<RawUpstream> upstreams, params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
        };
        for (var i = 0; i < upstreams.Count; i++)
        {
            settings[$"Upstreams__{i}__Name"] = $"u{i}";
            settings[$"Upstreams__{i}__BaseUrl"] = upstreams[i].BaseUrl;
            settings[$"Upstreams__{i}__Priority"] = $"{i}";
        }

        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return await FrontDoors.StartAsync(settings);
    }

    /// <summary>Stops all.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var host in new[] { _single, _double })
        {
            if (host is not null)
            {
                await host.DisposeAsync();
            }
        }

        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }
}
