using System.Net;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>Which models a client sees.</summary>
public abstract class ModelTests(AzuriteFixture azurite)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_is_described_by_the_name_that_requests_give_it_listed_or_not()
    {
        await using var upstream = await StubUpstream.StartAsync();
        upstream.ModelList = """{"object":"list","data":[{"id":null},{"id":"listed"},null,{"id":7},{},{"id":"org/listed"},{"id":""}]}""";
        await using var host = await StartAsync(upstream);
        var key = await host.NewKeyAsync();

        Assert.Equal(["listed", "org/listed"], await ListAsync(host, key));
        foreach (var (path, id) in ((string, string)[])
            [
                ("listed", "listed"), ("org/listed", "org/listed"), ("org%2Flisted", "org/listed"), ("unlisted", "unlisted"), ("org/unlisted", "org/unlisted"),
                ("a/b/c:latest", "a/b/c:latest"), ("a%2fb%2Fc", "a/b/c"), ("with%20space", "with space"),
            ])
        {
            var (status, body) = await GetAsync(host, key, path);
            Assert.True(status == HttpStatusCode.OK, $"{path}: {body}");
            Assert.Equal((id, "model", "stub"), (Text(body, "id"), Text(body, "object"), Text(body, "owned_by")));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(host, key, new string('x', 257))).Status);
    }

    [Fact]
    public async Task A_model_that_the_client_may_not_use_or_nobody_serves_is_not_found()
    {
        await using var upstream = await StubUpstream.StartAsync();
        await using var host = await StartAsync(upstream);
        var id = (await host.ManageAsync(HttpMethod.Post, "/manage/clients", new { name = "one model", tier = "pro", models = new[] { "org/own" } }, HttpStatusCode.Created))
            .GetProperty("id").GetString()!;
        var key = await host.IssueKeyAsync(id);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(host, key, "org/own")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(host, key, "org/other")).Status);
        Assert.Equal("model_not_found", Text((await GetAsync(host, key, "org")).Body.GetProperty("error"), "code"));

        await using var named = await StartAsync(upstream, "one/only");
        key = await named.NewKeyAsync();
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(named, key, "one/only")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(named, key, "one/other")).Status);
    }

    private static string? Text(JsonElement value, string name) => value.GetProperty(name).GetString();

    private Task<FrontDoor> StartAsync(StubUpstream upstream, string models = "*") => FrontDoors.StartAsync(new Dictionary<string, string?>
    {
        ["Storage__ConnectionString"] = azurite.ConnectionString,
        ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
        ["Upstreams__0__Name"] = "stub",
        ["Upstreams__0__Kind"] = "OpenAI",
        ["Upstreams__0__BaseUrl"] = upstream.BaseUrl,
        ["Upstreams__0__Models__0"] = models,
    });

    private async Task<IEnumerable<string?>> ListAsync(FrontDoor host, string key)
    {
        var (status, body) = await GetAsync(host, key, "");
        Assert.Equal(HttpStatusCode.OK, status);
        return [.. body.GetProperty("data").EnumerateArray().Select(model => Text(model, "id"))];
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(FrontDoor host, string key, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/models" + (path.Length > 0 ? "/" : "") + path, UriKind.Relative));
        request.Headers.Authorization = new("Bearer", key);
        using var response = await host.Http.SendAsync(request, _cancelled);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync(_cancelled)));
    }
}
