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
        var stored = (await _world.Keys.FindAsync(known.ClientId, known.KeyId, _cancelled))!;
        Assert.NotNull(await _world.Keys.TryReplaceAsync(stored with { ExpiresAt = _world.Time.GetUtcNow() }, _cancelled));

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

    [Fact]
    public async Task Of_many_that_ask_at_once_one_gets_a_key()
    {
        var known = await NewKeyAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => _world.TryPickUpAsync(known)));

        Assert.Single(answers, answer => answer is not null);
        Assert.Equal(2, (await ListAsync(known)).Count);
    }

    [Fact]
    public async Task Who_lost_the_successor_may_have_another_once_it_is_revoked_or_has_expired()
    {
        var client = await _world.AddClientAsync("c1");
        var known = (await _world.Keys.IssueAsync(client, TimeSpan.FromDays(100), _cancelled)).Record;
        var lost = await _world.PickUpAsync(known);
        Assert.Null(await _world.TryPickUpAsync(known));

        await _world.Keys.RevokeAsync(client, lost.KeyId, _cancelled);
        _world.Time.Advance(TimeSpan.FromDays(1));
        var second = await _world.PickUpAsync(known);

        Assert.Equal(lost.PreviousKeyExpiresAt, second.PreviousKeyExpiresAt); // The end is not put off by that.
        Assert.Null(await _world.TryPickUpAsync(known));
        var stored = (await _world.TryUseAsync(second.Key))!;
        Assert.NotNull(await _world.Keys.TryReplaceAsync(stored with { ExpiresAt = _world.Time.GetUtcNow() }, _cancelled));
        Assert.NotNull(await _world.TryPickUpAsync(known));
    }

    [Fact]
    public async Task A_key_whose_successors_successor_works_gets_no_other()
    {
        var first = await NewKeyAsync();
        var second = (await _world.TryUseAsync((await _world.PickUpAsync(first)).Key))!;
        await _world.RotateAsync(second, grace: TimeSpan.Zero);

        Assert.Null(await _world.TryPickUpAsync(first));
    }

    [Fact]
    public async Task What_was_made_with_a_key_falls_with_it_and_what_an_operator_made_does_not()
    {
        var leaked = await NewKeyAsync();
        var child = (await _world.TryUseAsync((await _world.PickUpAsync(leaked)).Key))!;
        var grandchild = (await _world.TryUseAsync((await _world.PickUpAsync(child)).Key))!;
        var operators = (await _world.TryUseAsync((await _world.RotateAsync(grandchild)).Key))!;
        var ofOperators = (await _world.TryUseAsync((await _world.PickUpAsync(operators)).Key))!;

        var revoked = await _world.Keys.RevokeAsync(leaked.ClientId, leaked.KeyId, _cancelled);

        Assert.Equal([leaked.KeyId, child.KeyId, grandchild.KeyId], revoked!.Select(key => key.KeyId));
        Assert.Equal(
            new[] { operators.KeyId, ofOperators.KeyId }.Order(),
            (await ListAsync(leaked)).Where(key => key.IsLive(_world.Time.GetUtcNow())).Select(key => key.KeyId).Order());
        Assert.Equal(grandchild.KeyId, operators.PredecessorId);
        Assert.Equal(leaked.KeyId, Assert.Single((await _world.Keys.RevokeAsync(leaked.ClientId, leaked.KeyId, _cancelled))!).KeyId); // again: nothing is left to do
    }

    [Fact]
    public async Task An_ended_link_between_saves_nothing()
    {
        var leaked = await NewKeyAsync();
        var child = (await _world.TryUseAsync((await _world.PickUpAsync(leaked)).Key))!;
        var grandchild = await _world.PickUpAsync(child);
        _world.Time.Advance(TimeSpan.FromDays(30));

        await _world.Keys.RevokeAsync(leaked.ClientId, leaked.KeyId, _cancelled);

        Assert.Null(await _world.TryUseAsync(grandchild.Key));
    }

    [Fact]
    public async Task A_revocation_that_dies_at_any_write_is_ended_by_asking_again()
    {
        for (var writes = 0; ; writes++)
        {
            var world = new RotationWorld();
            var key = (await world.Keys.IssueAsync(await world.AddClientAsync("c1"), lifetime: null, _cancelled)).Record;
            var (first, line) = (key, new List<ClientKey> { key });
            for (var i = 0; i < 120; i++)
            {
                key = (await world.TryUseAsync((await world.PickUpAsync(key)).Key))!;
                world.Time.Advance(TimeSpan.FromDays(1)); // Not too many at once.
                line.Add(key);
            }

            var left = writes;
            world.OnWrite = () =>
            {
                if (--left < 0)
                {
                    throw new ProcessDeath();
                }
            };
            var died = await Record.ExceptionAsync(() => world.Keys.RevokeAsync("c1", first.KeyId, _cancelled)) is not null;
            world.OnWrite = () => { };
            await world.Keys.RevokeAsync("c1", first.KeyId, _cancelled);

            var all = await world.Keys.ListAllAsync("c1", _cancelled);
            Assert.Equal(121, all.Count);
            Assert.All(all, one => Assert.NotNull(one.RevokedAt));
            if (!died)
            {
                Assert.Equal(4, writes); // Before and after each of two transactions.
                return;
            }
        }
    }

    [Fact]
    public async Task An_operator_gets_what_waits_and_it_lives_on_without_the_key()
    {
        var known = await NewKeyAsync();
        _world.Time.Advance(TimeSpan.FromDays(90));
        var waiting = Assert.Single((await _world.RunAsync()).RotatedKeys).SuccessorId;

        var handedOut = await _world.RotateAsync(known, TimeSpan.FromHours(1));

        Assert.Equal((waiting, _world.Time.GetUtcNow().AddHours(1)), (handedOut.KeyId, handedOut.PreviousKeyExpiresAt));
        await _world.Keys.RevokeAsync(known.ClientId, known.KeyId, _cancelled);
        Assert.NotNull(await _world.TryUseAsync(handedOut.Key));
    }

    [Fact]
    public async Task What_the_job_made_falls_with_the_key_that_it_was_handed_out_for()
    {
        var known = await NewKeyAsync();
        _world.Time.Advance(TimeSpan.FromDays(90));
        await _world.RunAsync();
        var handedOut = await _world.PickUpAsync(known);

        await _world.Keys.RevokeAsync(known.ClientId, known.KeyId, _cancelled);

        Assert.Null(await _world.TryUseAsync(handedOut.Key));
    }

    [Fact]
    public async Task A_revocation_and_a_rotation_at_once_leave_nothing_that_works()
    {
        var known = await NewKeyAsync();
        var writes = 0;
        _world.OnWrite = () =>
        {
            if (++writes == 2) // The successor is stored, and its maker has not heard of it.
            {
                Finish(() => _world.Keys.RevokeAsync(known.ClientId, known.KeyId, _cancelled));
            }
        };
        await _world.PickUpAsync(known);

        Assert.DoesNotContain(await ListAsync(known), key => key.IsLive(_world.Time.GetUtcNow()));
    }

    private Task<List<ClientKey>> ListAsync(ClientKey ofClientOf) => _world.Keys.ListAllAsync(ofClientOf.ClientId, _cancelled);

    private static void Finish(Func<Task> change) => Task.Run(change).GetAwaiter().GetResult();

    private async Task<ClientKey> NewKeyAsync() =>
        (await _world.Keys.IssueAsync(await _world.AddClientAsync("c1"), lifetime: null, _cancelled)).Record;

    private async Task AssertRefusedAsync(ClientKey known)
    {
        var refused = await Assert.ThrowsAsync<GatewayException>(() => _world.PickUpAsync(known));

        Assert.Equal(GatewayErrors.KeyNotLive, refused.Error);
        Assert.DoesNotContain(await ListAsync(known), key => key.IsLive(_world.Time.GetUtcNow()));
    }
}
