using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.KeyRotation;

namespace AiFunctions.Gateway.Tests.KeyRotation;

public sealed class KeyRotationJobTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_rotated_when_it_is_old_enough_and_once()
    {
        var (world, issued) = await WithKeyAsync();
        world.Time.Advance(TimeSpan.FromDays(90) - TimeSpan.FromTicks(1));
        Assert.Equal(0, (await world.RunAsync()).Rotated);
        world.Time.Advance(TimeSpan.FromTicks(1));

        var run = await world.RunAsync();
        var again = await world.RunAsync();

        var rotated = Assert.Single(run.RotatedKeys);
        Assert.Equal((issued.Record.KeyId, world.Time.GetUtcNow().AddDays(14)), (rotated.KeyId, rotated.EndsAt));
        Assert.Equal((0, 2), (again.Rotated, again.Keys));
        Assert.Equal(world.Time.GetUtcNow().AddDays(14), (await world.TryUseAsync(issued.Key))!.ExpiresAt);
    }

    [Fact]
    public async Task Zero_days_turn_it_off()
    {
        var (world, _) = await WithKeyAsync(new KeyRotationOptions { RotateAfterDays = 0 });
        world.Time.Advance(TimeSpan.FromDays(3000));

        Assert.Equal(0, (await world.RunAsync()).Rotated);
    }

    [Fact]
    public async Task Without_grace_in_the_settings_the_job_still_leaves_a_day()
    {
        var (world, issued) = await WithKeyAsync(new KeyRotationOptions { GraceDays = 0 });
        world.Time.Advance(TimeSpan.FromDays(90));
        await world.RunAsync();

        Assert.Equal(world.Time.GetUtcNow().AddDays(1), (await world.TryUseAsync(issued.Key))!.ExpiresAt);
    }

    [Fact]
    public async Task A_successor_lives_as_long_as_the_key_did_and_the_key_no_longer_than_it_would_have()
    {
        var world = new RotationWorld();
        await world.AddClientAsync("short");
        var issued = await world.Keys.IssueAsync("short", TimeSpan.FromDays(95), Cancellation);
        world.Time.Advance(TimeSpan.FromDays(90));
        await world.RunAsync();

        var (keyId, text, ends) = await world.PickUpAsync((await world.TryUseAsync(issued.Key))!);

        Assert.Equal(issued.Record.ExpiresAt, ends);
        Assert.Equal(TimeSpan.FromDays(95), (await world.TryUseAsync(text))!.Lifetime);
        Assert.Equal(world.Time.GetUtcNow().AddDays(95), (await world.Keys.FindAsync("short", keyId, Cancellation))!.ExpiresAt);
    }

    [Fact]
    public async Task What_waits_is_handed_out_once_and_who_asks_again_is_told_so()
    {
        var (world, issued) = await WithKeyAsync();
        world.Time.Advance(TimeSpan.FromDays(90));
        var successor = Assert.Single((await world.RunAsync()).RotatedKeys).SuccessorId;
        var key = (await world.TryUseAsync(issued.Key))!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.TryPickUpAsync(key)));

        Assert.Equal(successor, ApiKey.TryReadKeyId(Assert.Single(answers, answer => answer is not null)!));
        Assert.Equal(2, (await world.Keys.ListAllAsync("client", Cancellation)).Count);
        Assert.NotNull(await world.TryUseAsync(answers.Single(answer => answer is not null)!));
    }

    [Fact]
    public async Task Runs_at_once_make_one_successor()
    {
        var (world, _) = await WithKeyAsync();
        world.Time.Advance(TimeSpan.FromDays(90));

        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.RunAsync()));

        Assert.Equal(1, runs.Sum(run => run.Rotated));
        Assert.Equal(2, (await world.Keys.ListAsync("client", null, 100, Cancellation)).Count);
    }

    [Fact]
    public async Task A_successor_that_nobody_picks_up_ends_after_the_key()
    {
        var (world, issued) = await WithKeyAsync();
        world.Time.Advance(TimeSpan.FromDays(90));
        var successor = Assert.Single((await world.RunAsync()).RotatedKeys).SuccessorId;
        world.Time.Advance(TimeSpan.FromDays(14));
        Assert.Null(await world.TryUseAsync(issued.Key));
        Assert.Equal(0, (await world.RunAsync()).Discarded);
        world.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(1, (await world.RunAsync()).Discarded);
        Assert.NotNull((await world.Keys.FindAsync("client", successor, Cancellation))!.RevokedAt);
        Assert.Equal(0, (await world.RunAsync()).Discarded);
    }

    [Fact]
    public async Task A_successor_that_waits_does_not_age()
    {
        var (world, issued) = await WithKeyAsync(new KeyRotationOptions { RotateAfterDays = 1, GraceDays = 14 });
        world.Time.Advance(TimeSpan.FromDays(1));
        await world.RunAsync();
        world.Time.Advance(TimeSpan.FromDays(14) - TimeSpan.FromMinutes(1));
        Assert.Equal(0, (await world.RunAsync()).Rotated);

        var (_, text, _) = await world.PickUpAsync((await world.TryUseAsync(issued.Key))!);
        world.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.NotNull(await world.TryUseAsync(text));
    }

    [Fact]
    public async Task A_revoked_key_gets_nothing()
    {
        var (world, issued) = await WithKeyAsync();
        world.Time.Advance(TimeSpan.FromDays(90));
        await world.RunAsync();
        var key = (await world.TryUseAsync(issued.Key))!;
        await world.Keys.RevokeAsync("client", key.KeyId, Cancellation);

        await Assert.ThrowsAsync<GatewayException>(() => world.PickUpAsync(key));
    }

    [Fact]
    public async Task A_run_that_dies_at_any_write_leaves_nothing_by_halves()
    {
        for (var writes = 0; ; writes++)
        {
            var (world, issued) = await WithKeyAsync();
            world.Time.Advance(TimeSpan.FromDays(90));
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
            await world.RunAsync();
            var key = (await world.TryUseAsync(issued.Key))!;
            Assert.Equal(2, (await world.Keys.ListAsync("client", null, 100, Cancellation)).Count);
            Assert.Equal(key.SuccessorId, (await world.PickUpAsync(key)).KeyId);
            if (!died)
            {
                Assert.True(writes > 2, "It died nowhere.");
                return;
            }
        }
    }

    private static async Task<(RotationWorld World, IssuedKey Key)> WithKeyAsync(KeyRotationOptions? options = null)
    {
        var world = new RotationWorld(options);
        await world.AddClientAsync("client");
        return (world, await world.Keys.IssueAsync("client", lifetime: null, Cancellation));
    }
}
