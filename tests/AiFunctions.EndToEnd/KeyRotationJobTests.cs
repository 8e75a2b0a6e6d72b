using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;
using Azure.Data.Tables;

namespace AiFunctions.EndToEnd;

/// <summary>The rotation job, run over real tables.</summary>
public abstract class KeyRotationJobTests(AzuriteFixture azurite)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_rotated_its_client_sees_Sunset_and_picks_up_the_successor()
    {
        var prefix = AzuriteFixture.NewTablePrefix();
        await using var host = await FrontDoors.StartAsync(Settings(prefix));
        var (client, old) = await OldKeyAsync(host, prefix);

        var run = await host.ManageAsync(HttpMethod.Post, "/manage/rotation/run", null, HttpStatusCode.OK);
        var rotated = Assert.Single(run.GetProperty("rotated_keys").EnumerateArray());
        Assert.Equal((1, client), (run.GetProperty("rotated").GetInt32(), rotated.GetProperty("client_id").GetString()));
        Assert.Equal(0, (await host.ManageAsync(HttpMethod.Post, "/manage/rotation/run", null, HttpStatusCode.OK)).GetProperty("rotated").GetInt32());

        using (var seen = await SendAsync(host, HttpMethod.Get, "/v1/models", old))
        {
            Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
            Assert.Equal(
                rotated.GetProperty("expires_at").GetDateTimeOffset().ToUnixTimeSeconds(),
                DateTimeOffset.Parse(seen.Headers.GetValues("Sunset").Single(), System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds());
        }

        var first = await PickUpAsync(host, old);
        using (var again = await SendAsync(host, HttpMethod.Post, "/v1/keys/rotate", old))
        {
            Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        }

        Assert.Equal(rotated.GetProperty("successor_id").GetString(), first.GetProperty("key_id").GetString());
        Assert.Equal(rotated.GetProperty("expires_at").GetDateTimeOffset(), first.GetProperty("previous_key_expires_at").GetDateTimeOffset());
        using (var works = await SendAsync(host, HttpMethod.Get, "/v1/models", first.GetProperty("key").GetString()!))
        {
            Assert.Equal(HttpStatusCode.OK, works.StatusCode);
            Assert.False(works.Headers.Contains("Sunset"));
        }

        var events = (await host.ManageAsync(HttpMethod.Get, $"/manage/clients/{client}/keys/events?limit=100", null, HttpStatusCode.OK)).GetProperty("data");
        Assert.Equal(
            ["issued", "issued", "picked_up", "rotated"],
            events.EnumerateArray().Select(item => item.GetProperty("event").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["client", "job", "job", "management"],
            events.EnumerateArray().Select(item => item.GetProperty("by").GetString()!).Order(StringComparer.Ordinal));
        var page = await host.ManageAsync(HttpMethod.Get, $"/manage/clients/{client}/keys/events?limit=3", null, HttpStatusCode.OK);
        var rest = await host.ManageAsync(
            HttpMethod.Get, $"/manage/clients/{client}/keys/events?limit=3&cursor={page.GetProperty("next_cursor").GetString()}", null, HttpStatusCode.OK);
        Assert.Equal(1, rest.GetProperty("data").GetArrayLength());

        await host.StopAsync(); // The days of use are stored by then.
        Assert.Equal(2, await CountAsync(azurite.Tables().GetTableClient(prefix + "KeyUse")));
        await AssertNowhereStoredAsync(prefix, old, first.GetProperty("key").GetString()!);
        Assert.DoesNotContain(first.GetProperty("key").GetString()!, host.Output);
    }

    [Fact]
    public async Task Two_hosts_that_run_at_once_rotate_each_key_once_and_each_opens_what_the_other_sealed()
    {
        var prefix = AzuriteFixture.NewTablePrefix();
        var settings = Settings(prefix);
        await using var one = await FrontDoors.StartAsync(settings);
        settings["Management__Key"] = one.ManagementKey;
        await using var two = await FrontDoors.StartAsync(settings);
        var keys = new List<(string Client, string Key)>();
        for (var i = 0; i < 12; i++)
        {
            keys.Add(await OldKeyAsync(one, prefix));
        }

        var runs = await Task.WhenAll(new[] { one, two, one, two }.Select(
            host => host.ManageAsync(HttpMethod.Post, "/manage/rotation/run", null, HttpStatusCode.OK)));

        var rotated = runs.SelectMany(run => run.GetProperty("rotated_keys").EnumerateArray()).ToDictionary(
            key => key.GetProperty("client_id").GetString()!, key => key.GetProperty("successor_id").GetString());
        Assert.Equal(12, rotated.Count);
        var exactly = 0;
        foreach (var (client, key) in keys)
        {
            var answers = await Task.WhenAll(TryPickUpAsync(one, key), TryPickUpAsync(two, key));
            var handedOut = Assert.NotNull(Assert.Single(answers, answer => answer is not null));
            exactly += handedOut.GetProperty("key_id").GetString() == rotated[client] ? 1 : 0;
            using var works = await SendAsync(two, HttpMethod.Get, "/v1/models", handedOut.GetProperty("key").GetString()!);
            Assert.Equal(HttpStatusCode.OK, works.StatusCode);
        }

        Assert.Equal(12, exactly);
    }

    [Fact]
    public async Task Of_many_that_rotate_a_key_at_once_on_two_hosts_one_gets_a_successor()
    {
        var settings = Settings(AzuriteFixture.NewTablePrefix());
        await using var one = await FrontDoors.StartAsync(settings);
        settings["Management__Key"] = one.ManagementKey;
        await using var two = await FrontDoors.StartAsync(settings);
        var key = await one.NewKeyAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => TryPickUpAsync(i % 2 == 0 ? one : two, key)));

        Assert.Single(answers, answer => answer is not null);
    }

    [Fact]
    public async Task A_successor_that_waits_is_plain_text_nowhere_in_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It reads /proc.");
        var prefix = AzuriteFixture.NewTablePrefix();
        await using var host = await FrontDoors.StartAsync(Settings(prefix));
        var (_, old) = await OldKeyAsync(host, prefix);
        Assert.Equal(1, (await host.ManageAsync(HttpMethod.Post, "/manage/rotation/run", null, HttpStatusCode.OK)).GetProperty("rotated").GetInt32());

        var before = new MemorySearch(host.ProcessId);
        var successor = (await PickUpAsync(host, old)).GetProperty("key").GetString()!;

        Assert.Equal(0, before.Count(SecretOf(successor)));
        Assert.NotEqual(0, new MemorySearch(host.ProcessId).Count(SecretOf(successor))); // It would have been found.

        static string SecretOf(string key) => key[^49..^6];
    }

    [Theory]
    [InlineData("KeyRotation__Schedule", "0 3 * * *")]
    [InlineData("KeyRotation__RotateAfterDays", "-1")]
    [InlineData("KeyRotation__KeyVaultUri", "http://vault.example")]
    [InlineData("KeyRotation__EventRetentionDays", "0")]
    public async Task A_bad_setting_stops_the_start_with_a_line_that_names_it(string setting, string value)
    {
        var settings = Settings(AzuriteFixture.NewTablePrefix());
        settings[setting] = value;
        await using var host = FrontDoors.Launch(settings);

        var (exitCode, lines) = await host.WaitForFailedStartAsync();

        Assert.NotEqual(0, exitCode);
        Assert.StartsWith(setting + " must be", Assert.Single(lines), StringComparison.Ordinal);
    }

    internal Dictionary<string, string?> Settings(string prefix) => new()
    {
        ["Storage__ConnectionString"] = azurite.ConnectionString,
        ["Storage__TablePrefix"] = prefix,
        ["Upstreams__0__Name"] = "simulator",
        ["Upstreams__0__Kind"] = "Simulator",
        ["Upstreams__0__Models__0"] = "simulator",
    };

    // A key that was issued 91 days ago.
    internal async Task<(string Client, string Key)> OldKeyAsync(FrontDoor host, string prefix)
    {
        var client = await host.CreateClientAsync("rotated by the job", "pro");
        var issued = await host.ManageAsync(HttpMethod.Post, $"/manage/clients/{client}/keys", new { }, HttpStatusCode.Created);
        await azurite.Tables().GetTableClient(prefix + "Keys").UpdateEntityAsync(
            new TableEntity(client, issued.GetProperty("key_id").GetString()) { ["CreatedAt"] = DateTimeOffset.UtcNow.AddDays(-91) },
            Azure.ETag.All,
            TableUpdateMode.Merge,
            _cancelled);
        return (client, issued.GetProperty("key").GetString()!);
    }

    private async Task<JsonElement> PickUpAsync(FrontDoor host, string key) => Assert.NotNull(await TryPickUpAsync(host, key));

    // Null when there is a successor that works.
    private async Task<JsonElement?> TryPickUpAsync(FrontDoor host, string key)
    {
        using var response = await SendAsync(host, HttpMethod.Post, "/v1/keys/rotate", key);
        if (response.StatusCode == HttpStatusCode.Conflict)
        {
            return null;
        }

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(_cancelled));
    }

    private async Task<HttpResponseMessage> SendAsync(FrontDoor host, HttpMethod method, string path, string key)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new("Bearer", key);
        request.Content = method == HttpMethod.Post ? JsonContent.Create(new { }) : null;
        return await host.Http.SendAsync(request, _cancelled);
    }

    private async Task<int> CountAsync(TableClient table)
    {
        var count = 0;
        await foreach (var _ in table.QueryAsync<TableEntity>(cancellationToken: _cancelled))
        {
            count++;
        }

        return count;
    }

    private async Task AssertNowhereStoredAsync(string prefix, params string[] keys)
    {
        var rows = 0;
        await foreach (var table in azurite.Tables().QueryAsync(cancellationToken: _cancelled))
        {
            if (!table.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                continue;
            }

            await foreach (var row in azurite.Tables().GetTableClient(table.Name).QueryAsync<TableEntity>(cancellationToken: _cancelled))
            {
                rows++;
                foreach (var (_, value) in row)
                {
                    var text = value is byte[] bytes ? Encoding.Latin1.GetString(bytes) : value?.ToString() ?? "";
                    Assert.All(keys, key => Assert.DoesNotContain(key[^49..], text, StringComparison.Ordinal));
                    if (text.Contains("<key", StringComparison.Ordinal)) // the ring
                    {
                        Assert.Contains("encryptedSecret", text, StringComparison.Ordinal);
                        Assert.DoesNotContain("<masterKey", text, StringComparison.Ordinal);
                    }
                }
            }
        }

        Assert.True(rows > 5);
    }
}
