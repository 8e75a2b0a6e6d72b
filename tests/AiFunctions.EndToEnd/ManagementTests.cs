using System.Net;
using System.Text;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>The management API for clients and their keys.</summary>
public abstract class ManagementTests(SimulatorHost simulated, AzuriteFixture azurite) : IClassFixture<SimulatorHost>
{
    private FrontDoor Host => simulated.Host;

    [Fact]
    public async Task A_client_is_created_changed_and_deleted()
    {
        var created = await Host.ManageAsync(
            HttpMethod.Post,
            "/manage/clients",
            new
            {
                name = "Acme",
                tier = "enterprise",
                limits = new { requests_per_minute = 7, queued_requests = 0 },
                models = new[] { "simulator" },
                scopes = new[] { "chat.completions" },
            },
            HttpStatusCode.Created);
        var path = "/manage/clients/" + created.GetProperty("id").GetString();

        Assert.Equal("""{"requests_per_minute":7,"queued_requests":0}""", created.GetProperty("limits").GetRawText());
        Assert.Equal(created.GetRawText(), (await Host.ManageAsync(HttpMethod.Get, path, null, HttpStatusCode.OK)).GetRawText());

        var changed = await Host.ManageAsync(HttpMethod.Patch, path, new { tier = "pro", limits = (object?)null, models = Array.Empty<string>() }, HttpStatusCode.OK);
        Assert.Equal("Acme", changed.GetProperty("name").GetString());
        Assert.Equal("pro", changed.GetProperty("tier").GetString());
        Assert.Equal("{}", changed.GetProperty("limits").GetRawText());
        Assert.Equal("[]", changed.GetProperty("models").GetRawText());
        Assert.Equal("""["chat.completions"]""", changed.GetProperty("scopes").GetRawText());

        await Host.ManageAsync(HttpMethod.Delete, path, null, HttpStatusCode.NoContent);
        await Host.ManageAsync(HttpMethod.Get, path, null, HttpStatusCode.NotFound);
        await Host.ManageAsync(HttpMethod.Patch, path, new { tier = "pro" }, HttpStatusCode.NotFound);
        await Host.ManageAsync(HttpMethod.Delete, path, null, HttpStatusCode.NotFound);
        await Host.ManageAsync(HttpMethod.Get, path + "/keys", null, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Keys_are_issued_listed_without_secrets_and_revoked()
    {
        var path = $"/manage/clients/{await Host.CreateClientAsync("keys", "free")}/keys";
        var forever = await Host.ManageAsync(HttpMethod.Post, path, null, HttpStatusCode.Created);
        var monthly = await Host.ManageAsync(HttpMethod.Post, path, new { expires_in_days = 30 }, HttpStatusCode.Created);
        Assert.Equal(JsonValueKind.Null, forever.GetProperty("expires_at").ValueKind);
        Assert.Equal(30, (monthly.GetProperty("expires_at").GetDateTimeOffset() - monthly.GetProperty("created_at").GetDateTimeOffset()).TotalDays);

        var id = forever.GetProperty("key_id").GetString();
        await Host.ManageAsync(HttpMethod.Delete, $"{path}/{id}", null, HttpStatusCode.NoContent);
        await Host.ManageAsync(HttpMethod.Delete, $"{path}/{id}", null, HttpStatusCode.NoContent);
        await Host.ManageAsync(HttpMethod.Delete, $"{path}/none", null, HttpStatusCode.NotFound);

        var list = (await Host.ManageAsync(HttpMethod.Get, path, null, HttpStatusCode.OK)).GetProperty("data");
        Assert.Equal(2, list.GetArrayLength());
        Assert.NotEqual(JsonValueKind.Null, list.EnumerateArray().Single(key => key.GetProperty("key_id").GetString() == id).GetProperty("revoked_at").ValueKind);
        Assert.DoesNotContain("aif_", list.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_page_through_all_clients_once()
    {
        await using var host = await FrontDoors.StartAsync(new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
        });
        var created = await Task.WhenAll(Enumerable.Range(0, 7).Select(i => host.CreateClientAsync($"client {i}", "free")));

        var listed = new List<string?>();
        string? cursor = null;
        do
        {
            var page = await host.ManageAsync(HttpMethod.Get, $"/manage/clients?limit=3{(cursor is null ? "" : "&cursor=" + cursor)}", null, HttpStatusCode.OK);
            Assert.InRange(page.GetProperty("data").GetArrayLength(), 1, 3);
            listed.AddRange(page.GetProperty("data").EnumerateArray().Select(client => client.GetProperty("id").GetString()));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(created.Order(StringComparer.Ordinal), listed);
    }

    [Theory]
    [InlineData("{}", "name")]
    [InlineData("""{"name":"x"}""", "tier")]
    [InlineData("""{"name":"","tier":"free"}""", "name")]
    [InlineData("""{"name":5,"tier":"free"}""", "name")]
    [InlineData("""{"name":"x","tier":"gold"}""", "tier")]
    [InlineData("""{"name":"x","tier":"free","limits":{"requests_per_minute":-1}}""", "limits.requests_per_minute")]
    [InlineData("""{"name":"x","tier":"free","limits":{"requests_per_hour":1}}""", "limits.requests_per_hour")]
    [InlineData("""{"name":"x","tier":"free","limits":{"concurrent_requests":1001}}""", "limits.concurrent_requests")]
    [InlineData("""{"name":"x","tier":"free","limits":{"max_output_tokens":2147483648}}""", "limits.max_output_tokens")]
    [InlineData("""{"name":"x","tier":"free","limits":[]}""", "limits")]
    [InlineData("""{"name":"x","tier":"free","scopes":["everything"]}""", "scopes")]
    [InlineData("""{"name":"x","tier":"free","models":[1]}""", "models[0]")]
    [InlineData("""{"name":"x","tier":"free","id":"mine"}""", "id")]
    public async Task Bad_fields_are_named(string body, string param)
    {
        var error = await ManageErrorAsync(HttpMethod.Post, "/manage/clients", body, HttpStatusCode.BadRequest);

        Assert.Equal("invalid_request", error.GetProperty("code").GetString());
        Assert.Equal(param, error.GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("cursor=%27%20or%20true", "cursor")]
    [InlineData("cursor=", "cursor")]
    public async Task Bad_pages_are_refused(string query, string param)
    {
        var error = await ManageErrorAsync(HttpMethod.Get, "/manage/clients?" + query, null, HttpStatusCode.BadRequest);

        Assert.Equal(param, error.GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("/manage/clients/none")]
    [InlineData("/manage/clients/%27or%27")]
    [InlineData("/manage/clients/a%2Fb")]
    [InlineData("/manage/clients/none/keys")]
    [InlineData("/manage/nothing")]
    public async Task What_is_not_there_is_404(string path) => await Host.ManageAsync(HttpMethod.Get, path, null, HttpStatusCode.NotFound);

    [Fact]
    public async Task Concurrent_changes_are_all_kept()
    {
        var path = "/manage/clients/" + await Host.CreateClientAsync("busy", "free");

        await Task.WhenAll(
            Host.ManageAsync(HttpMethod.Patch, path, new { tier = "pro" }, HttpStatusCode.OK),
            Host.ManageAsync(HttpMethod.Patch, path, new { name = "busier" }, HttpStatusCode.OK),
            Host.ManageAsync(HttpMethod.Patch, path, new { limits = new { tokens_per_day = 5 } }, HttpStatusCode.OK),
            Host.ManageAsync(HttpMethod.Patch, path, new { models = new[] { "simulator" } }, HttpStatusCode.OK));

        var client = await Host.ManageAsync(HttpMethod.Get, path, null, HttpStatusCode.OK);
        Assert.Equal("pro", client.GetProperty("tier").GetString());
        Assert.Equal("busier", client.GetProperty("name").GetString());
        Assert.Equal("""{"tokens_per_day":5}""", client.GetProperty("limits").GetRawText());
        Assert.Equal("""["simulator"]""", client.GetProperty("models").GetRawText());
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, "missing_credentials")]
    [InlineData("wrong", HttpStatusCode.Unauthorized, "invalid_api_key")]
    public async Task Without_the_management_key_nothing_is_told(string? key, HttpStatusCode status, string code)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/manage/clients", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", key is null ? null : "Bearer " + key);
        using var response = await Host.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
        Assert.Contains(code, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_key_does_not_manage()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/manage/clients", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + await Host.NewKeyAsync());
        using var response = await Host.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Scopes_and_models_hold()
    {
        var client = await Host.CreateClientAsync("narrow", "free");
        var key = await Host.IssueKeyAsync(client);
        await Host.ManageAsync(HttpMethod.Patch, "/manage/clients/" + client, new { models = new[] { "another" } }, HttpStatusCode.OK);

        using var refused = await Host.ChatAsync(key, "hi");
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Equal("[]", await ModelsAsync(key));
        Assert.Contains("model_not_found", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private async Task<string> ModelsAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/models", UriKind.Relative));
        request.Headers.Add("api-key", key);
        using var response = await Host.Http.SendAsync(request);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("data").GetRawText();
    }

    private async Task<JsonElement> ManageErrorAsync(HttpMethod method, string path, string? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Host.ManagementKey);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Host.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, text);
        return JsonElement.Parse(text).GetProperty("error");
    }
}
