using System.Diagnostics;
using System.Net;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>Storage that goes away and comes back while the host runs.</summary>
public abstract class AzuriteOutageTests
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

    /// <summary>Bounds what a caller waits for a 503, with room for a busy machine.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_are_refused_at_once_while_storage_is_away_and_served_when_it_is_back()
    {
        await using var azurite = new AzuriteFixture();
        await azurite.InitializeAsync();
        await using var host = await FrontDoors.StartAsync(new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
        });
        var usedKey = await host.NewKeyAsync();
        var unusedKey = await host.NewKeyAsync();
        await AssertServedAsync(host, usedKey);

        await azurite.KillAsync();

        // Never seen before, so its record cannot come from memory.
        var started = Stopwatch.GetTimestamp();
        using (var refused = await host.ChatAsync(unusedKey, "Hello"))
        {
            var error = JsonElement.Parse(await refused.Content.ReadAsStringAsync(Cancellation)).GetProperty("error");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("storage_unavailable", error.GetProperty("code").GetString());
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        TestContext.Current.TestOutputHelper?.WriteLine($"Refused in {elapsed.TotalMilliseconds:0} ms.");
        Assert.InRange(elapsed, TimeSpan.Zero, Quick);
        await host.WaitForHealthAsync(HttpStatusCode.ServiceUnavailable, Quick);

        await azurite.RestartAsync();

        elapsed = await host.WaitForHealthAsync(HttpStatusCode.OK, Recovery);
        TestContext.Current.TestOutputHelper?.WriteLine($"Ready again {elapsed.TotalMilliseconds:0} ms after storage.");
        await AssertServedAsync(host, usedKey);
        await AssertServedAsync(host, unusedKey);
        await AssertServedAsync(host, await host.NewKeyAsync());
    }

    [Fact]
    public async Task A_host_that_starts_before_its_storage_becomes_ready_with_it()
    {
        await using var azurite = new AzuriteFixture();
        await azurite.InitializeAsync();
        await azurite.KillAsync();
        await using var host = FrontDoors.Launch(new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
        });

        await azurite.RestartAsync();

        await host.WaitUntilReadyAsync();
        await AssertServedAsync(host, await host.NewKeyAsync());
    }

    private static async Task AssertServedAsync(FrontDoor host, string key)
    {
        using var response = await host.ChatAsync(key, "Hello");
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode} {body}");
    }
}
