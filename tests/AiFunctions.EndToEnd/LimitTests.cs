using System.Globalization;
using System.Net;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>Limits as a client meets them.</summary>
public abstract class LimitTests(AzuriteFixture azurite)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_free_tier_admits_ten_a_minute_and_who_waits_as_told_is_let_in()
    {
        await using var host = await StartAsync();
        var key = await host.NewKeyAsync("free");
        await Minute.WaitForRoomAsync();
        for (var i = 9; i >= 0; i--)
        {
            using var admitted = await host.ChatAsync(key, "hi");
            Assert.Equal(HttpStatusCode.OK, admitted.StatusCode);
            Assert.Equal("10", Header(admitted, "x-ratelimit-limit-requests"));
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture), Header(admitted, "x-ratelimit-remaining-requests"));
            Assert.Matches("^[0-9]+s$", Header(admitted, "x-ratelimit-reset-requests"));
            Assert.Equal("20000", Header(admitted, "x-ratelimit-limit-tokens"));
        }

        using var refused = await host.ChatAsync(key, "hi");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("requests_per_minute", await CodeAsync(refused));
        var wait = refused.Headers.RetryAfter!.Delta!.Value;
        Assert.InRange(wait.TotalSeconds, 1, 60);

        await Task.Delay(wait, _cancelled);
        using var later = await host.ChatAsync(key, "hi");
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task Tokens_are_limited_by_what_was_really_used()
    {
        await using var host = await StartAsync(("RateLimits__Tiers__small__TokensPerMinute", "200"), ("RateLimits__Tiers__small__MaxOutputTokens", "100"));
        var key = await host.NewKeyAsync("small");
        await Minute.WaitForRoomAsync();
        var used = 0L;
        HttpResponseMessage response;
        while ((response = await host.ChatAsync(key, "one two three four five six seven eight")).StatusCode == HttpStatusCode.OK)
        {
            used += JsonElement.Parse(await response.Content.ReadAsStringAsync(_cancelled)).GetProperty("usage").GetProperty("total_tokens").GetInt64();
            response.Dispose();
        }

        // Each used 18, and reserves at least 100 for the answer: the last that fits begins at 100 or less.
        Assert.Equal("tokens_per_minute", await CodeAsync(response));
        response.Dispose();
        Assert.InRange(used, 36, 200);

        var usage = await UsageAsync(host, key);
        Assert.Equal(used, usage.GetProperty("tokens_per_minute").GetProperty("used").GetInt64());
        Assert.Equal(200 - used, usage.GetProperty("tokens_per_minute").GetProperty("remaining").GetInt64());
        Assert.Equal(200, usage.GetProperty("tokens_per_minute").GetProperty("limit").GetInt64());
        Assert.Equal("small", usage.GetProperty("tier").GetString());
    }

    [Fact]
    public async Task More_at_once_than_allowed_are_refused_and_a_queue_lets_them_wait()
    {
        await using var upstream = await StubUpstream.StartAsync();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = new SemaphoreSlim(0);
        var model = upstream.AddModel(async exchange =>
        {
            arrived.Release();
            await go.Task;
            await exchange.RespondTextAsync("done");
        });
        await using var host = await StartAsync(
            ("Upstreams__0__BaseUrl", upstream.BaseUrl),
            ("RateLimits__Tiers__narrow__ConcurrentRequests", "2"), ("RateLimits__Tiers__narrow__QueuedRequests", "0"),
            ("RateLimits__Tiers__patient__ConcurrentRequests", "2"), ("RateLimits__Tiers__patient__QueuedRequests", "1"));

        var narrow = await host.NewKeyAsync("narrow");
        var first = new[] { host.ChatAsync(narrow, "hi", model), host.ChatAsync(narrow, "hi", model) };
        await arrived.WaitAsync(_cancelled);
        await arrived.WaitAsync(_cancelled);
        using var refused = await host.ChatAsync(narrow, "hi", model);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("concurrent_requests", await CodeAsync(refused));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);

        var patient = await host.NewKeyAsync("patient");
        var second = Enumerable.Range(0, 3).Select(_ => host.ChatAsync(patient, "hi", model)).ToArray();
        await arrived.WaitAsync(_cancelled);
        await arrived.WaitAsync(_cancelled);
        Assert.DoesNotContain(second, task => task.IsCompleted);
        go.SetResult();

        foreach (var response in await Task.WhenAll([.. first, .. second]))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            response.Dispose();
        }
    }

    /// <summary>10 000 requests, as many as it takes to believe it, with <c>SLOT_REQUESTS=10000</c>.</summary>
    [Fact]
    public async Task A_client_that_keeps_to_its_slots_is_never_refused_whichever_instance_it_comes_to()
    {
        const int Instances = 3;
        const int Slots = 2;
        var requests = int.Parse(Environment.GetEnvironmentVariable("SLOT_REQUESTS") ?? "300", CultureInfo.InvariantCulture);
        var shared = new (string, string?)[]
        {
            ("Storage__TablePrefix", AzuriteFixture.NewTablePrefix()), ("Management__Key", $"{Guid.NewGuid():N}{Guid.NewGuid():N}"),
            ("RateLimits__Tiers__narrow__ConcurrentRequests", $"{Slots}"), ("RateLimits__Tiers__narrow__QueuedRequests", "0"),
            ("RateLimits__Tiers__narrow__RequestsPerMinute", "1000000"), ("RateLimits__Tiers__narrow__RequestsPerDay", "1000000"),
            ("RateLimits__Tiers__narrow__TokensPerMinute", "1000000000"), ("RateLimits__Tiers__narrow__TokensPerDay", "1000000000"),
        };
        var hosts = new List<FrontDoor>();
        try
        {
            for (var i = 0; i < Instances; i++)
            {
                hosts.Add(await StartAsync(shared));
            }

            var key = await hosts[0].NewKeyAsync("narrow");
            var sent = 0;
            var refused = 0;
            await Task.WhenAll(Enumerable.Range(0, Slots).Select(async _ =>
            {
                for (int turn; (turn = Interlocked.Increment(ref sent)) <= requests;)
                {
                    using var response = await hosts[turn % Instances].ChatAsync(key, "hi");
                    if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                    {
                        continue; // storage on a busy machine
                    }

                    refused += response.StatusCode == HttpStatusCode.OK ? 0 : 1;
                }
            }));
            Assert.Equal(0, refused);
        }
        finally
        {
            foreach (var host in hosts)
            {
                await host.DisposeAsync();
            }
        }
    }

    [Theory]
    [InlineData("GET", "/v1/usage")]
    [InlineData("GET", "/v1/models")]
    [InlineData("GET", "/v1/models/simulator")]
    [InlineData("POST", "/v1/keys/rotate")]
    public async Task What_makes_no_model_work_has_an_allowance_of_its_own(string method, string path)
    {
        await using var host = await StartAsync(("RateLimits__Tiers__tiny__RequestsPerMinute", "1"), ("AbuseBlocking__Violations", "5"));
        var key = await host.NewKeyAsync("tiny");
        await Minute.WaitForRoomAsync();
        var refused = 0;
        for (var i = 0; i < 60; i++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
            request.Headers.Authorization = new("Bearer", key);
            using var response = await host.Http.SendAsync(request, _cancelled);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                refused++;
                Assert.Equal("requests_per_minute", await CodeAsync(response));
                Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
            }
        }

        Assert.InRange(refused, 30, 59);
        using var served = await host.ChatAsync(key, "hi"); // neither used up nor blocked by it
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Fact]
    public async Task A_clients_own_limits_hold_and_a_change_takes_effect_within_30_seconds_on_every_instance()
    {
        var prefix = AzuriteFixture.NewTablePrefix();
        await using var host = await StartAsync(("Storage__TablePrefix", prefix));
        await using var elsewhere = await StartAsync(("Storage__TablePrefix", prefix), ("Management__Key", host.ManagementKey));
        var client = await host.ManageAsync(
            HttpMethod.Post, "/manage/clients", new { name = "own", tier = "enterprise", limits = new { requests_per_day = 1 } },
            HttpStatusCode.Created);
        var id = client.GetProperty("id").GetString()!;
        var key = await host.IssueKeyAsync(id);
        using (var admitted = await elsewhere.ChatAsync(key, "hi"))
        {
            Assert.Equal(HttpStatusCode.OK, admitted.StatusCode);
        }

        using (var refused = await elsewhere.ChatAsync(key, "hi"))
        {
            Assert.Equal("requests_per_day", await CodeAsync(refused));
        }

        using (var looked = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/models", UriKind.Relative)))
        {
            // This instance has let nothing in, and knows all the same.
            looked.Headers.Authorization = new("Bearer", key);
            using var models = await host.Http.SendAsync(looked, _cancelled);
            Assert.Equal("0", models.Headers.GetValues("x-ratelimit-remaining-requests").Single());
        }

        var clock = System.Diagnostics.Stopwatch.StartNew();
        await host.ManageAsync(HttpMethod.Patch, "/manage/clients/" + id, new { limits = new { requests_per_day = 1000 } }, HttpStatusCode.OK);
        while (true)
        {
            using var response = await elsewhere.ChatAsync(key, "hi");
            if (response.StatusCode == HttpStatusCode.OK)
            {
                break;
            }

            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(90), "The new limit does not hold elsewhere.");
            await Task.Delay(500, _cancelled);
        }
    }

    [Theory]
    [InlineData("Deny")]
    [InlineData("AllowLocal")]
    public async Task When_storage_goes_away_the_policy_decides_and_afterwards_the_counters_are_right(string policy)
    {
        await using var own = new AzuriteFixture();
        await own.InitializeAsync();
        await using var host = await StartAsync(("Storage__ConnectionString", own.ConnectionString), ("RateLimits__OnStorageFailure", policy));
        var key = await host.NewKeyAsync("free");
        await Minute.WaitForRoomAsync(TimeSpan.FromSeconds(40));
        Assert.Equal(HttpStatusCode.OK, await ChatStatusAsync(host, key));

        await own.KillAsync();
        var outage = await Task.WhenAll(ChatStatusAsync(host, key), ChatStatusAsync(host, key));
        Assert.All(outage, status => Assert.Equal(policy == "Deny" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK, status));

        await own.RestartAsync();
        await host.WaitForHealthAsync(HttpStatusCode.OK, TimeSpan.FromSeconds(60));
        var admitted = 1 + outage.Count(status => status == HttpStatusCode.OK);
        var recovery = System.Diagnostics.Stopwatch.StartNew();
        HttpStatusCode status;
        while ((status = await ChatStatusAsync(host, key)) != HttpStatusCode.TooManyRequests)
        {
            // A failed call is remembered for a second, so that not every request waits for one.
            Assert.True(status == HttpStatusCode.OK || recovery.Elapsed < TimeSpan.FromSeconds(60), $"{status} after {recovery.Elapsed}");
            admitted += status == HttpStatusCode.OK ? 1 : 0;
            await Task.Delay(20, _cancelled);
        }

        Assert.InRange(admitted, 8, 10); // a write whose answer was lost may have taken units that nobody got; none is had twice
    }

    [Fact]
    public async Task A_host_that_stops_gives_back_what_it_had_leased()
    {
        var prefix = AzuriteFixture.NewTablePrefix();
        var settings = new (string, string?)[] { ("Storage__TablePrefix", prefix), ("Management__Key", new string('k', 40)) };
        await Minute.WaitForRoomAsync(TimeSpan.FromSeconds(40));
        string key;
        var admitted = 0;
        await using (var first = await StartAsync(settings))
        {
            key = await first.NewKeyAsync("free");
            for (; admitted < 6; admitted++)
            {
                Assert.Equal(HttpStatusCode.OK, await ChatStatusAsync(first, key));
            }

            await first.StopAsync();
        }

        await using var second = await StartAsync(settings);
        while (await ChatStatusAsync(second, key) == HttpStatusCode.OK)
        {
            admitted++;
        }

        Assert.Equal(10, admitted);
    }

    private async Task<FrontDoor> StartAsync(params (string Name, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
        };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return await FrontDoors.StartAsync(all);
    }

    private static async Task<HttpStatusCode> ChatStatusAsync(FrontDoor host, string key)
    {
        using var response = await host.ChatAsync(key, "hi");
        return response.StatusCode;
    }

    private async Task<JsonElement> UsageAsync(FrontDoor host, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/usage", UriKind.Relative));
        request.Headers.Add("api-key", key);
        using var response = await host.Http.SendAsync(request, _cancelled);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(_cancelled));
    }

    private async Task<string?> CodeAsync(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync(_cancelled)).GetProperty("error").GetProperty("code").GetString();

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
