using System.Text;
using System.Text.Json;
using AiFunctions.Local.Tests.Fixtures;
using Azure.Data.Tables;

namespace AiFunctions.Local.Tests;

/// <summary>Nothing that a client or a model says, and no secret, is written anywhere: not at the most talkative log level, not in any table.</summary>
public sealed class ContentMarkerTests(AzuriteFixture azurite)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly List<string> _markers = [];

    [Fact]
    public async Task No_marker_is_found_in_output_or_tables()
    {
        await using var upstream = await StubUpstream.StartAsync();
        var upstreamKey = Marker("upstreamkey");
        var answers = Marker("answer");
        var prefix = AzuriteFixture.NewTablePrefix();
        var good = upstream.AddModel(exchange => exchange.RespondTextAsync(answers));
        var streaming = upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.SendTextAsync(answers);
            await exchange.FinishAsync();
        });
        var refusing = upstream.AddModel(exchange => exchange.RespondAsync(400, Json(new { error = new { message = Marker("refusal") } })));
        var failing = upstream.AddModel(exchange => exchange.RespondAsync(500, Marker("failure"), headers: new Dictionary<string, string> { ["x-detail"] = Marker("header") }));
        var senseless = upstream.AddModel(exchange => exchange.RespondAsync(200, Marker("senseless")));
        var breaking = upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.SendTextAsync(answers);
            exchange.Reset();
        });

        await using var host = await LocalHost.StartAsync(new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = prefix,
            ["Upstreams__0__Name"] = "stub",
            ["Upstreams__0__BaseUrl"] = upstream.BaseUrl,
            ["Upstreams__0__ApiKey"] = upstreamKey,
            ["Logging__LogLevel__Default"] = "Trace",
            ["Logging__LogLevel__Microsoft"] = "Trace",
            ["Logging__LogLevel__Microsoft.AspNetCore"] = "Trace",
            ["Logging__Console__LogLevel__Default"] = "Trace", // rules for one provider go before those for all
            ["Logging__Console__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics"] = "Trace",
        });
        var key = await host.NewKeyAsync();
        _markers.AddRange([key, key.Split('_')[2], host.ManagementKey!]);

        foreach (var model in new[] { good, streaming, refusing, failing, senseless, breaking, Marker("model") })
        {
            await PostAsync(host, key, ChatBody(model));
        }

        await PostAsync(host, key, Marker("notjson"));
        await PostAsync(host, key, Json(new { model = good, messages = new[] { new { role = Marker("role"), content = Marker("content") } } }));
        await PostAsync(host, Marker("wrongkey"), ChatBody(good));
        await PostAsync(host, "aif_" + Marker("malformed"), ChatBody(good));
        await PostAsync(host, key, ChatBody(good), "?api_key=" + Marker("query") + "&x=" + Marker("otherquery"));
        await PostAsync(host, key, ChatBody(good), "?x=" + Marker("plainquery"));
        await GetAsync(host, key, "/v1/models/" + Marker("path"));
        await GetAsync(host, key, "/" + Marker("nowhere"));
        await new RawHttp(host, Marker("bad\0header")).PostAsync("{}"u8.ToArray(), 2);
        Assert.Equal(7, upstream.Requests.Select(request => request.Model).OfType<string>().Distinct().Count()); // all of them were asked for

        var stored = await ReadTablesAsync(prefix);
        await host.StopAsync();

        Assert.Contains("Microsoft.AspNetCore", host.Output, StringComparison.Ordinal); // it was talkative indeed
        Assert.Contains("test ", stored, StringComparison.Ordinal); // and the tables were read
        Assert.True(_markers.Count > 25, $"{_markers.Count} markers");
        foreach (var marker in _markers)
        {
            Assert.DoesNotContain(marker, host.Output, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(marker, stored, StringComparison.OrdinalIgnoreCase);
        }
    }

    private string Marker(string what)
    {
        var marker = $"marker{what}{Guid.NewGuid():N}";
        _markers.Add(marker);
        return marker;
    }

    private string ChatBody(string model) => Json(new
    {
        model,
        stream = true,
        user = Marker("user"),
        messages = new object[]
        {
            new { role = "system", content = Marker("system") },
            new { role = "user", content = new[] { new { type = "text", text = Marker("prompt") } } },
            new
            {
                role = "assistant",
                tool_calls = new[] { new { id = "1", type = "function", function = new { name = "f", arguments = Json(new { a = Marker("arguments") }) } } },
            },
            new { role = "tool", tool_call_id = "1", content = Marker("toolresult") },
        },
    });

    private async Task PostAsync(LocalHost host, string key, string body, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/chat/completions" + query, UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        request.Headers.TryAddWithoutValidation("x-custom", Marker("requestheader"));
        using var response = await host.Http.SendAsync(request, _cancelled);
        await response.Content.ReadAsStringAsync(_cancelled);
    }

    private async Task GetAsync(LocalHost host, string key, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("api-key", key);
        using var response = await host.Http.SendAsync(request, _cancelled);
    }

    private async Task<string> ReadTablesAsync(string prefix)
    {
        var stored = new StringBuilder();
        await foreach (var table in azurite.Tables().QueryAsync(table => true, cancellationToken: _cancelled))
        {
            if (table.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                await foreach (var entity in azurite.Tables().GetTableClient(table.Name).QueryAsync<TableEntity>(cancellationToken: _cancelled))
                {
                    stored.AppendLine(string.Join(' ', entity.Select(property => $"{property.Key}={Show(property.Value)}")));
                }
            }
        }

        return stored.ToString();
    }

    // Bytes as the text that they may be.
    private static string? Show(object value) => value is byte[] bytes ? Encoding.UTF8.GetString(bytes) + Convert.ToBase64String(bytes) : value.ToString();

    private static string Json(object value) => JsonSerializer.Serialize(value);
}
