using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;

namespace AiFunctions.Gateway.Tests.KeyRotation;

/// <summary>An instance may know a key as live for some seconds after another has ended it. No successor comes of that.</summary>
public sealed class KeyRotatorTests
{
    private readonly RotationWorld _world = new();
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_was_revoked_elsewhere_has_no_successor()
    {
        var known = await NewKeyAsync();
        await _world.Keys.RevokeAsync(known.ClientId, known.KeyId, _cancelled);

        await AssertRefusedAsync(known);
    }

    [Fact]
    public async Task A_key_that_was_ended_elsewhere_has_no_successor()
    {
        var known = await NewKeyAsync();
        await _world.Keys.RetireAsync(known.ClientId, known.KeyId, _world.Time.GetUtcNow(), _cancelled);

        await AssertRefusedAsync(known);
    }

    [Fact]
    public async Task A_key_whose_client_was_deleted_elsewhere_has_no_successor()
    {
        var known = await NewKeyAsync();
        await _world.Clients.DeleteAsync(known.ClientId, _cancelled);
        await _world.Keys.DeleteAllAsync(known.ClientId, _cancelled);

        await AssertRefusedAsync(known);
    }

    [Fact]
    public async Task A_key_that_is_revoked_while_its_successor_is_made_takes_it_along()
    {
        var known = await NewKeyAsync();
        var writes = 0;
        _world.OnWrite = () =>
        {
            if (++writes == 1)
            {
                Finish(() => _world.Keys.RevokeAsync(known.ClientId, known.KeyId, _cancelled));
            }
        };

        await AssertRefusedAsync(known);
    }

    [Fact]
    public async Task A_key_that_is_deleted_while_its_successor_is_made_takes_it_along()
    {
        var known = await NewKeyAsync();
        var writes = 0;
        _world.OnWrite = () =>
        {
            if (++writes == 1)
            {
                Finish(() => _world.Keys.DeleteAllAsync(known.ClientId, _cancelled));
            }
        };

        await AssertRefusedAsync(known);
    }

    private static void Finish(Func<Task> change) => Task.Run(change).GetAwaiter().GetResult();

    private async Task<ClientKey> NewKeyAsync() =>
        (await _world.Keys.IssueAsync(await _world.AddClientAsync("c1"), lifetime: null, _cancelled)).Record;

    private async Task AssertRefusedAsync(ClientKey known)
    {
        var refused = await Assert.ThrowsAsync<GatewayException>(() => _world.PickUpAsync(known));

        Assert.Equal(GatewayErrors.KeyNotLive, refused.Error);
        Assert.DoesNotContain(await _world.Keys.ListAsync(known.ClientId, after: null, 100, _cancelled), key => key.IsLive(_world.Time.GetUtcNow()));
    }
}
