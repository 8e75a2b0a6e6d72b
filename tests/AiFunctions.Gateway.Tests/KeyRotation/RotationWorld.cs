using System.Collections.Concurrent;
using AiFunctions.Gateway.Authentication.Applications;
using AiFunctions.Gateway.Authentication.Jwt;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Clients.Certificates;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Hashing;
using AiFunctions.Gateway.KeyRotation;
using AiFunctions.Gateway.KeyRotation.Events;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Tests.Storage;
using AiFunctions.Gateway.Tiers;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.KeyRotation;

/// <summary>Rotation over tables in memory. Each instance has memory of its own; the tables, the ring and the clock are shared.</summary>
internal sealed class RotationWorld
{
    private readonly EphemeralDataProtectionProvider _ring = new();
    private readonly ConcurrentDictionary<string, InMemoryTable> _tables = new();
    private readonly IOptions<KeyRotationOptions> _options;
    private readonly KeyVaultDelivery? _vault;

    public RotationWorld(KeyRotationOptions? options = null, KeyVaultDelivery? vault = null)
    {
        _options = Options.Create(options ?? new KeyRotationOptions());
        _vault = vault;
        Storage = new TableStorage(name => _tables.GetOrAdd(name, _ => new InMemoryTable { OnWrite = () => OnWrite() }));
        Hash = new KeyedHash(
            Options.Create(new HashKeyOptions { HashKey = "a secret for tests, long enough to pass" }), Options.Create(new StorageOptions()));
        Clients = new ClientStore(Storage);
        Keys = new ClientKeyStore(Storage, Hash, Time);
        Events = new KeyEventStore(Storage, _options, Time, NullLogger<KeyEventStore>.Instance);
        Seal = new SuccessorSeal(() => _ring);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public TableStorage Storage { get; }

    public KeyedHash Hash { get; }

    public ClientStore Clients { get; }

    public ClientKeyStore Keys { get; }

    public KeyEventStore Events { get; }

    public SuccessorSeal Seal { get; }

    /// <summary>Called around every write; throws where a process is to die.</summary>
    public Action OnWrite { get; set; } = () => { };

    public async Task<string> AddClientAsync(string id)
    {
        var now = Time.GetUtcNow();
        Assert.True(await Clients.TryAddAsync(new Client { Id = id, Name = id, Tier = "pro", CreatedAt = now, UpdatedAt = now }, default));
        return id;
    }

    public KeyRotationJob NewJob() => new(Clients, Keys, Directory(), Seal, _vault, Events, Time, _options);

    public async Task<KeyRotationReport> RunAsync() => (KeyRotationReport)await NewJob().RunAsync(TestContext.Current.CancellationToken);

    public Task<(string KeyId, string Key, DateTimeOffset PreviousKeyExpiresAt)> PickUpAsync(ClientKey key) =>
        new KeyRotator(Keys, Directory(), Seal, Events, Time, _options).PickUpAsync(key, new DefaultHttpContext());

    public Task<(string KeyId, string Key, DateTimeOffset PreviousKeyExpiresAt)> RotateAsync(ClientKey key, TimeSpan? grace = null) =>
        new KeyRotator(Keys, Directory(), Seal, Events, Time, _options).RotateAsync(key, grace, new DefaultHttpContext());

    /// <summary>Picks the successor up; null when there is one that works.</summary>
    public async Task<string?> TryPickUpAsync(ClientKey key)
    {
        try
        {
            return (await PickUpAsync(key)).Key;
        }
        catch (GatewayException e) when (e.Error == GatewayErrors.AlreadyRotated)
        {
            return null;
        }
    }

    /// <summary>What authentication makes of a key: its record when it works, else null.</summary>
    public async Task<ClientKey?> TryUseAsync(string text)
    {
        var keyId = ApiKey.TryReadKeyId(text)!;
        return await Keys.FindAsync(ApiKey.ClientIdOf(keyId), keyId, default) is { } key
            && key.Hash.AsSpan().SequenceEqual(Hash.OfApiKey(text)) && key.IsLive(Time.GetUtcNow()) ? key : null;
    }

    public string Dump() => string.Join('\n', _tables.Select(table => $"{table.Key}\n{table.Value.Dump()}"));

    private ClientDirectory Directory()
    {
        var options = Options.Create(new JwtOptions());
        var tiers = new TierCatalog(Options.Create(new RateLimitsOptions()));
        return new ClientDirectory(
            Clients,
            Keys,
            [
                new ApplicationDirectory(new ApplicationStore(Storage, Clients, options), tiers, Hash, options, Time),
                new CertificateDirectory(Clients, new ClientCertificateStore(Storage, Clients), Time),
            ],
            Time);
    }
}
