using System.Net;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>An authority that changes its keys, or is away.</summary>
public abstract class JwtKeyRollTests(AzuriteFixture azurite)
{
    private const int Workers = 4;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(300);

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_are_rolled_while_requests_run_and_none_fails()
    {
        await using var authority = await OidcProvider.StartAsync();
        var settings = TokenHost.Settings(azurite, authority);
        settings["RateLimits__Tiers__free__RequestsPerMinute"] = "100000"; // so many lists of models a minute, too
        await using var host = await FrontDoors.StartAsync(settings);
        using var stop = new CancellationTokenSource();
        var answered = 0;
        var workers = Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.Equal((HttpStatusCode.OK, null), await AskAsync(host, await authority.ApplicationTokenAsync("rolled-app")));
                Interlocked.Increment(ref answered);
            }
        })).ToList();

        await Task.Delay(Between, _cancelled);
        var first = authority.Key;
        var second = new SigningKey();
        await authority.SetKeysAsync(first, second); // as it should be: the next key is published before it is used
        await Task.Delay(Between, _cancelled);
        await authority.SetKeysAsync(second, first);
        await Task.Delay(Between, _cancelled);
        await authority.SetKeysAsync(new SigningKey(), second); // used at once
        await Task.Delay(Between, _cancelled);
        await authority.SetKeysAsync(new SigningKey(), authority.Key);
        var soFar = Volatile.Read(ref answered);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref answered) >= soFar + (5 * Workers) || workers.Exists(worker => worker.IsCompleted), TimeSpan.FromSeconds(90)));
        await stop.CancelAsync();
        await Task.WhenAll(workers);
    }

    [Fact]
    public async Task Made_up_key_ids_do_not_have_the_authority_asked_each_time()
    {
        await using var authority = await OidcProvider.StartAsync();
        var settings = TokenHost.Settings(azurite, authority);
        settings["Authentication__Jwt__RefreshIntervalSeconds"] = "3600";
        await using var host = await FrontDoors.StartAsync(settings);
        Assert.Equal((HttpStatusCode.OK, null), await AskAsync(host, await authority.ApplicationTokenAsync("app")));
        var before = await authority.CountReadingsAsync();

        for (var i = 0; i < 50; i++)
        {
            var header = authority.Header();
            header["kid"] = Guid.NewGuid().ToString();
            Assert.Equal(
                i < 5 ? (HttpStatusCode.Unauthorized, "invalid_token") : (HttpStatusCode.ServiceUnavailable, "upstream_unavailable"),
                await AskAsync(host, authority.Key.Sign(header, authority.Claims())));
        }

        Assert.Equal(5, await authority.CountReadingsAsync() - before);
        Assert.Equal((HttpStatusCode.OK, null), await AskAsync(host, await authority.ApplicationTokenAsync("app")));
    }

    [Fact]
    public async Task After_a_flood_of_made_up_key_ids_a_new_keys_token_is_told_to_come_again_and_then_served()
    {
        await using var authority = await OidcProvider.StartAsync();
        var settings = TokenHost.Settings(azurite, authority);
        settings["Authentication__Jwt__RefreshIntervalSeconds"] = "20";
        await using var host = await FrontDoors.StartAsync(settings);
        for (var i = 0; i < 20; i++)
        {
            var header = authority.Header();
            header["kid"] = Guid.NewGuid().ToString();
            await AskAsync(host, authority.Key.Sign(header, authority.Claims()));
        }

        await authority.SetKeysAsync(new SigningKey());
        var token = await authority.ApplicationTokenAsync("app");

        // Whatever a slow machine has let pass: never a 401.
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (await AskAsync(host, token) is var answer && answer != (HttpStatusCode.OK, null))
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "upstream_unavailable"), answer);
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(90), "The new key is still not known.");
            await Task.Delay(500, _cancelled);
        }
    }

    [Fact]
    public async Task While_the_authority_is_away_tokens_go_on_working_and_what_cannot_be_checked_is_told_to_come_again()
    {
        await using var authority = await OidcProvider.StartAsync();
        var settings = TokenHost.Settings(azurite, authority);
        var token = await authority.ApplicationTokenAsync("app");
        await using (var knowing = await FrontDoors.StartAsync(settings))
        {
            Assert.Equal((HttpStatusCode.OK, null), await AskAsync(knowing, token));
            await authority.StopAsync();

            Assert.Equal((HttpStatusCode.OK, null), await AskAsync(knowing, token));
            var header = authority.Header();
            header["kid"] = "new";
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "upstream_unavailable"), await AskAsync(knowing, authority.Key.Sign(header, authority.Claims())));
            Assert.Equal((HttpStatusCode.OK, null), await AskAsync(knowing, token));
        }

        await using var fresh = await FrontDoors.StartAsync(settings);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "upstream_unavailable"), await AskAsync(fresh, token));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "upstream_unavailable"), await AskAsync(fresh, token, "/manage/clients"));
        await authority.RestartAsync();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (await AskAsync(fresh, token) is (HttpStatusCode.ServiceUnavailable, _))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(90), "The authority is back, and its tokens are still not taken.");
            await Task.Delay(200, _cancelled);
        }

        Assert.Equal((HttpStatusCode.OK, null), await AskAsync(fresh, token));
    }

    private async Task<(HttpStatusCode Status, string? Code)> AskAsync(FrontDoor host, string token, string path = "/v1/models")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new("Bearer", token);
        using var response = await host.Http.SendAsync(request, _cancelled);
        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync(_cancelled));
        return (response.StatusCode, body.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null);
    }
}
