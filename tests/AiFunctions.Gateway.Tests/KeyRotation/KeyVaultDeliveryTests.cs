using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;

namespace AiFunctions.Gateway.Tests.KeyRotation;

/// <summary>Delivery over Key Vault's real wire format, by the real SDK.</summary>
public sealed class KeyVaultDeliveryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_successor_is_in_the_vault_before_the_old_keys_grace_begins_and_nowhere_else()
    {
        await using var vault = await FakeKeyVault.StartAsync();
        var (world, issued) = await WithDueKeyAsync(vault);

        var run = await world.RunAsync();

        Assert.Equal((1, 1, 0), (run.Rotated, run.Delivered, run.Waiting));
        var version = Assert.Single(vault.Versions);
        Assert.Equal(("client-billing", run.RotatedKeys[0].SuccessorId), (version.Name, version.KeyId));
        Assert.NotNull(await world.TryUseAsync(version.Value));
        Assert.True(vault.Challenges > 0);
        var old = (await world.TryUseAsync(issued.Key))!;
        Assert.Equal(world.Time.GetUtcNow().AddDays(14), old.ExpiresAt);
        Assert.Null(old.SealedSuccessor);
        Assert.DoesNotContain(version.Value, world.Dump());

        // Who asks with the old key is told that there is one.
        Assert.Equal(GatewayErrors.AlreadyRotated, (await Assert.ThrowsAsync<GatewayException>(() => world.PickUpAsync(old))).Error);

        // What is in the vault was never handed to whoever held the old key, and lives on without it.
        await world.Keys.RevokeAsync("billing", old.KeyId, Cancellation);
        Assert.NotNull(await world.TryUseAsync(version.Value));
    }

    [Fact]
    public async Task An_expiry_is_told_to_the_vault()
    {
        await using var vault = await FakeKeyVault.StartAsync();
        var (world, _) = await WithDueKeyAsync(vault, TimeSpan.FromDays(100));
        await world.RunAsync();

        Assert.Equal(world.Time.GetUtcNow().AddDays(100).ToUnixTimeSeconds(), Assert.Single(vault.Versions).Expires);
    }

    [Fact]
    public async Task While_the_vault_is_away_rotation_waits_and_the_old_key_lives_on()
    {
        await using var vault = await FakeKeyVault.StartAsync();
        var (world, issued) = await WithDueKeyAsync(vault);
        vault.IsDown = true;
        for (var day = 0; day < 30; day++)
        {
            var run = await world.RunAsync();
            Assert.Equal((0, 0, 1), (run.Rotated, run.Delivered, run.Waiting));
            world.Time.Advance(TimeSpan.FromDays(1));
        }

        var old = (await world.TryUseAsync(issued.Key))!;
        Assert.Null(old.ExpiresAt);
        Assert.Equal(2, (await world.Keys.ListAsync("billing", null, 100, Cancellation)).Count);

        vault.IsDown = false;
        Assert.Equal(1, (await world.RunAsync()).Delivered);
        Assert.NotNull(await world.TryUseAsync(Assert.Single(vault.Versions).Value));
        Assert.Equal(world.Time.GetUtcNow().AddDays(14), (await world.TryUseAsync(issued.Key))!.ExpiresAt);
    }

    [Fact]
    public async Task A_delivery_whose_answer_got_lost_is_not_made_twice()
    {
        await using var vault = await FakeKeyVault.StartAsync();
        var (world, _) = await WithDueKeyAsync(vault);
        vault.LosesAnswers = true;
        Assert.Equal((0, 1), await world.RunAsync() is var run ? (run.Delivered, run.Waiting) : default);
        vault.LosesAnswers = false;

        Assert.Equal(1, (await world.RunAsync()).Rotated);
        Assert.Single(vault.Versions);
    }

    [Fact]
    public async Task Runs_at_once_deliver_once()
    {
        await using var vault = await FakeKeyVault.StartAsync();
        var (world, _) = await WithDueKeyAsync(vault);

        var runs = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => world.RunAsync()));

        Assert.Equal(1, runs.Sum(run => run.Rotated));
        Assert.Single(vault.Versions);
    }

    [Fact]
    public async Task A_run_leaves_alone_what_another_is_delivering()
    {
        await using var vault = await FakeKeyVault.StartAsync();
        var (world, _) = await WithDueKeyAsync(vault);
        var arrived = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        vault.BeforeSet = () =>
        {
            arrived.TrySetResult();
            return goOn.Task;
        };
        var first = world.RunAsync();
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        vault.BeforeSet = () => Task.CompletedTask;
        var second = await world.RunAsync();
        goOn.SetResult();

        Assert.Equal((0, 1), (second.Delivered, second.Waiting));
        Assert.Equal(1, (await first).Delivered);
        Assert.Single(vault.Versions);
    }

    [Fact]
    public async Task A_run_that_dies_at_any_write_is_taken_up_by_a_later_one()
    {
        await using var vault = await FakeKeyVault.StartAsync();
        for (var writes = 0; ; writes++)
        {
            vault.Versions.Clear();
            var (world, issued) = await WithDueKeyAsync(vault);
            var left = writes;
            world.OnWrite = () =>
            {
                if (--left < 0)
                {
                    throw new ProcessDeath();
                }
            };
            var died = false;
            try
            {
                await world.RunAsync();
            }
            catch (ProcessDeath)
            {
                died = true;
            }

            world.OnWrite = () => { };
            Assert.NotNull(await world.TryUseAsync(issued.Key));
            world.Time.Advance(TimeSpan.FromHours(1)); // past the claim
            await world.RunAsync();
            Assert.NotNull((await world.TryUseAsync(issued.Key))!.RotatedAt);
            Assert.NotNull(await world.TryUseAsync(Assert.Single(vault.Versions).Value));
            if (!died)
            {
                Assert.True(writes > 2, "It died nowhere.");
                return;
            }
        }
    }

    private static async Task<(RotationWorld World, IssuedKey Key)> WithDueKeyAsync(FakeKeyVault vault, TimeSpan? lifetime = null)
    {
        var world = new RotationWorld(vault: vault.NewDelivery());
        await world.AddClientAsync("billing");
        var issued = await world.Keys.IssueAsync("billing", lifetime, Cancellation);
        world.Time.Advance(TimeSpan.FromDays(90));
        return (world, issued);
    }
}
