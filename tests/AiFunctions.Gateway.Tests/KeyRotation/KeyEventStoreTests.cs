using AiFunctions.Gateway.KeyRotation.Events;
using Azure;

namespace AiFunctions.Gateway.Tests.KeyRotation;

public sealed class KeyEventStoreTests
{
    private readonly RotationWorld _world = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_newest_come_first_and_the_same_one_is_there_once()
    {
        var first = Happened(KeyEventType.Issued);
        await _world.Events.AddAsync(first);
        await _world.Events.AddAsync(first);
        _world.Time.Advance(TimeSpan.FromDays(1));
        var second = Happened(KeyEventType.Revoked);
        await _world.Events.AddAsync(second);

        Assert.Equal([second, first], await _world.Events.ListAsync("client", null, 10, Cancellation));
        Assert.Equal([first], await _world.Events.ListAsync("client", KeyEventEntity.IdOf(second), 10, Cancellation));
        Assert.True(KeyEventEntity.IsId(KeyEventEntity.IdOf(second)));
    }

    [Fact]
    public async Task Old_ones_are_deleted_by_the_job()
    {
        await _world.AddClientAsync("client");
        await _world.Events.AddAsync(Happened(KeyEventType.Issued));
        _world.Time.Advance(TimeSpan.FromDays(1));
        var kept = Happened(KeyEventType.Revoked);
        await _world.Events.AddAsync(kept);
        _world.Time.Advance(TimeSpan.FromDays(399) + TimeSpan.FromHours(1));

        await _world.RunAsync();

        Assert.Equal([kept], await _world.Events.ListAsync("client", null, 10, Cancellation));
    }

    [Fact]
    public async Task A_storage_that_is_away_fails_nothing_that_is_done()
    {
        _world.OnWrite = () => throw new RequestFailedException(503, "away");
        await _world.Events.AddAsync(Happened(KeyEventType.Issued));
        _world.OnWrite = () => { };

        Assert.Empty(await _world.Events.ListAsync("client", null, 10, Cancellation));
    }

    private KeyEvent Happened(KeyEventType type) => new()
    {
        Type = type,
        At = _world.Time.GetUtcNow(),
        ClientId = "client",
        KeyId = "client00000000",
        By = "management",
        RequestId = "request",
    };
}
