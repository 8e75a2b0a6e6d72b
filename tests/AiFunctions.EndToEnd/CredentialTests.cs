using System.IO.Hashing;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>Good and bad credentials, wherever they stand.</summary>
public abstract class CredentialTests(SimulatorHost simulated, AzuriteFixture azurite) : IClassFixture<SimulatorHost>
{
    private FrontDoor Host => simulated.Host;

    [Theory]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("api-key", "")]
    [InlineData("x-api-key", "")]
    public async Task A_good_key_is_taken_in_every_header(string header, string before)
    {
        var key = await Host.NewKeyAsync();

        Assert.Equal((HttpStatusCode.OK, null), await ListModelsAsync(header, before + key));
    }

    [Fact]
    public async Task A_key_with_a_byte_that_is_no_text_is_a_wrong_key()
    {
        RunningFrontDoor.SkipFor(RunningFrontDoor.KnownHost);
        var address = Host.BaseAddress;
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.Latin1.GetBytes(
                $"GET /v1/models HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer aif_\u00ff\r\nConnection: close\r\n\r\n"),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);

        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        if (Host.IsBehindHost)
        {
            Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
            return;
        }

        Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"invalid_api_key\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_keys_get_their_code()
    {
        var good = await Host.NewKeyAsync();
        var last = good[^1] == 'a' ? 'b' : 'a';
        var revoked = await RevokedKeyAsync();
        var deleted = await DeletedClientsKeyAsync();

        Assert.Equal((HttpStatusCode.Unauthorized, "missing_credentials"), await ListModelsAsync(null, ""));
        Assert.Equal((HttpStatusCode.Unauthorized, "missing_credentials"), await ListModelsAsync("Authorization", "Bearer "));
        Assert.Equal((HttpStatusCode.Unauthorized, "missing_credentials"), await ListModelsAsync("Authorization", "Basic YTpi"));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await ListModelsAsync("Authorization", "Bearer sk-other"));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await ListModelsAsync("Authorization", "Bearer " + good[..^1] + last));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await ListModelsAsync("Authorization", "Bearer " + new string('a', 8000)));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await ListModelsAsync("api-key", revoked));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await ListModelsAsync("api-key", deleted));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await ListModelsAsync("api-key", Host.ManagementKey!));
    }

    [Fact]
    public async Task A_wrong_key_is_told_the_same_whatever_is_wrong_with_it()
    {
        var good = await Host.NewKeyAsync();
        var answers = new HashSet<string>();
        foreach (var key in new[] { WithAnotherSecret(good), good[..^1] + (good[^1] == 'a' ? 'b' : 'a'), await RevokedKeyAsync(), await DeletedClientsKeyAsync(), "aif_nonsense" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
            request.Headers.Authorization = new("Bearer", key);
            request.Headers.Add("x-request-id", "6f1c1f9a-7a43-4c8e-9a60-0d8f0d9c2b11");
            using var response = await Host.Http.SendAsync(request, TestContext.Current.CancellationToken);
            answers.Add((int)response.StatusCode + await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        Assert.StartsWith("401", Assert.Single(answers), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(20_000)]
    [InlineData(100_000)]
    public async Task A_key_too_long_to_be_one_is_a_wrong_key(int length)
    {
        if (Host.IsTooMuchForItsHost(length))
        {
            await Host.AssertHeaderRefusedByHostAsync("x-api-key", new string('k', length));
            return;
        }

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await ListModelsAsync("Authorization", "Bearer aif_" + new string('a', length)));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await ListModelsAsync("x-api-key", new string('k', length)));
    }

    [Theory]
    [InlineData("key")]
    [InlineData("api_key")]
    [InlineData("api-key")]
    [InlineData("APIKEY")]
    [InlineData("access_token")]
    [InlineData("token")]
    [InlineData("a=1&%61pi_key")]
    [InlineData("x-api-key")]
    [InlineData("q=1&q")]
    public async Task A_key_in_the_address_is_refused_even_beside_a_good_one(string name)
    {
        var key = await Host.NewKeyAsync();

        Assert.Equal((HttpStatusCode.BadRequest, "credential_in_url"), await SendAsync($"/v1/models?{name}={key}", "api-key", key));
        Assert.DoesNotContain(key, Host.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/models?a=Bearer%20")]
    [InlineData("/v1/models?a=before%20")]
    [InlineData("/v1/models?a=%2561%2569%2566_x&b=")]
    [InlineData("/v1/models/")]
    [InlineData("/v1/models%3Fx=")]
    [InlineData("/nowhere/")]
    public async Task A_key_anywhere_in_the_address_is_refused_and_never_logged(string before)
    {
        var key = await Host.NewKeyAsync();

        Assert.Equal((HttpStatusCode.BadRequest, "credential_in_url"), await SendAsync(before + key, "api-key", key));
        Assert.DoesNotContain(key, Host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_in_an_address_that_leads_nowhere_is_refused()
    {
        var key = await Host.NewKeyAsync();

        Assert.Equal((HttpStatusCode.BadRequest, "credential_in_url"), await SendAsync($"/elsewhere?key={key}", null, ""));
        Assert.DoesNotContain(key, Host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_hundred_at_once_of_all_kinds_never_make_a_5xx()
    {
        var good = await Host.NewKeyAsync();
        var revoked = await RevokedKeyAsync();
        var kinds = new Func<Task<(HttpStatusCode, string?)>>[]
        {
            () => ListModelsAsync("Authorization", "Bearer " + good),
            () => ListModelsAsync("x-api-key", revoked),
            () => ListModelsAsync("api-key", good[..^3] + "xyz"),
            () => ListModelsAsync("Authorization", "Bearer %00'); drop"),
            () => ListModelsAsync(null, ""),
            () => SendAsync("/v1/models?token=" + good, null, ""),
        };
        (HttpStatusCode, string?)[] expected =
        [
            (HttpStatusCode.OK, null),
            (HttpStatusCode.Unauthorized, "invalid_api_key"),
            (HttpStatusCode.Unauthorized, "invalid_api_key"),
            (HttpStatusCode.Unauthorized, "invalid_api_key"),
            (HttpStatusCode.Unauthorized, "missing_credentials"),
            (HttpStatusCode.BadRequest, "credential_in_url"),
        ];

        var answers = await Task.WhenAll(Enumerable.Range(0, 1200).Select(async i =>
        {
            await Task.Yield();
            return (Kind: i % kinds.Length, Answer: await kinds[i % kinds.Length]());
        }));

        Assert.All(answers, answer => Assert.Equal(expected[answer.Kind], answer.Answer));
    }

    [Fact]
    public async Task A_revoked_key_is_dead_at_once_here_and_within_30_seconds_elsewhere()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
        };
        await using var here = await FrontDoors.StartAsync(settings);
        await using var elsewhere = await FrontDoors.StartAsync(settings);
        var client = await here.CreateClientAsync("two hosts", "pro");
        var issued = await here.ManageAsync(HttpMethod.Post, $"/manage/clients/{client}/keys", null, HttpStatusCode.Created);
        var key = issued.GetProperty("key").GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("/v1/models", "api-key", key, here)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("/v1/models", "api-key", key, elsewhere)).Status);

        var clock = System.Diagnostics.Stopwatch.StartNew();
        await here.ManageAsync(HttpMethod.Delete, $"/manage/clients/{client}/keys/{issued.GetProperty("key_id").GetString()}", null, HttpStatusCode.NoContent);
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await SendAsync("/v1/models", "api-key", key, here));
        while ((await SendAsync("/v1/models", "api-key", key, elsewhere)).Status == HttpStatusCode.OK)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(90), "The key still works elsewhere.");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private Task<(HttpStatusCode Status, string? Code)> ListModelsAsync(string? header, string value) => SendAsync("/v1/models", header, value);

    private async Task<(HttpStatusCode Status, string? Code)> SendAsync(string path, string? header, string value, FrontDoor? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        using var response = await (host ?? Host).Http.SendAsync(request);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (response.StatusCode, body.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null);
    }

    private async Task<string> RevokedKeyAsync()
    {
        var client = await Host.CreateClientAsync("revoked", "free");
        var issued = await Host.ManageAsync(HttpMethod.Post, $"/manage/clients/{client}/keys", null, HttpStatusCode.Created);
        await Host.ManageAsync(HttpMethod.Delete, $"/manage/clients/{client}/keys/{issued.GetProperty("key_id").GetString()}", null, HttpStatusCode.NoContent);
        return issued.GetProperty("key").GetString()!;
    }

    private async Task<string> DeletedClientsKeyAsync()
    {
        var client = await Host.CreateClientAsync("deleted", "free");
        var key = await Host.IssueKeyAsync(client);
        Assert.Equal((HttpStatusCode.OK, null), await ListModelsAsync("api-key", key));
        await Host.ManageAsync(HttpMethod.Delete, $"/manage/clients/{client}", null, HttpStatusCode.NoContent);
        return key;
    }

    /// <summary>The same key id and a right checksum (CRC-32 in base 62), but not the secret.</summary>
    private static string WithAnotherSecret(string key)
    {
        const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var start = key[..^49] + new string('a', 43);
        var crc = Crc32.HashToUInt32(Encoding.ASCII.GetBytes(start));
        var checksum = new char[6];
        for (var i = 5; i >= 0; i--)
        {
            checksum[i] = Base62[(int)(crc % 62)];
            crc /= 62;
        }

        return start + new string(checksum);
    }
}
