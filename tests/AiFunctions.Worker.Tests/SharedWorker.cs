using AiFunctions.Worker.Tests.Host;

[assembly: AssemblyFixture(typeof(AiFunctions.Worker.Tests.SharedWorker))]

namespace AiFunctions.Worker.Tests;

/// <summary>A worker with storage and a scripted upstream, for all tests that need no settings of their own: a start takes seconds.</summary>
public sealed class SharedWorker : IAsyncLifetime
{
    /// <summary>The origin whose pages may call it.</summary>
    public const string Origin = "https://page.example";

    /// <summary>A model that its upstream names, besides all others.</summary>
    public const string ListedModel = "listed-model";

    private readonly AzuriteFixture _azurite = new();

    internal FunctionsHost Host { get; private set; } = null!;

    internal StubUpstream Upstream { get; private set; } = null!;

    internal WorkerClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _azurite.InitializeAsync();
        Upstream = await StubUpstream.StartAsync();
        Host = await FunctionsHost.StartAsync(Settings(AzuriteFixture.NewTablePrefix(), ("Cors__AllowedOrigins__0", Origin)));
        Client = new WorkerClient(Host);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        await Upstream.DisposeAsync();
        await _azurite.DisposeAsync();
    }

    /// <summary>Settings for a worker with the same storage and the same upstream.</summary>
    /// <param name="tablePrefix">The prefix of its tables' names.</param>
    /// <param name="more">Settings over these.</param>
    internal Dictionary<string, string?> Settings(string tablePrefix, params IEnumerable<(string Name, string? Value)> more) => WorkerSettings.With(
    [
        ("Storage__ConnectionString", _azurite.ConnectionString),
        ("Storage__TablePrefix", tablePrefix),
        ("Upstreams__0__Name", "stub"),
        ("Upstreams__0__Kind", "OpenAI"),
        ("Upstreams__0__Models__1", ListedModel),
        ("Upstreams__0__BaseUrl", Upstream.BaseUrl),
        ("Upstreams__0__ApiKey", "upstream-key-of-the-tests"),
        .. more,
    ]);
}
