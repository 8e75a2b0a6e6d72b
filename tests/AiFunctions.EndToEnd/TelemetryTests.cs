using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>What is sent of requests, where to, and what happens when nobody takes it.</summary>
public abstract class TelemetryTests(AzuriteFixture azurite)
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly string _prefix = AzuriteFixture.NewTablePrefix();

    [Fact]
    public async Task A_request_is_one_event_one_trace_with_its_upstream_call_and_measures()
    {
        await using var upstream = await StubUpstream.StartAsync();
        await using var telemetry = await TelemetryCapture.StartAsync();
        upstream.AddModel(exchange => exchange.RespondTextAsync("Hello"), "gpt-test");
        await using var host = await StartAsync(telemetry, new Dictionary<string, string?>
        {
            ["Upstreams__0__Name"] = "stub",
            ["Upstreams__0__BaseUrl"] = upstream.BaseUrl,
            ["Upstreams__0__Models__0"] = "gpt-test",
        });
        var key = await host.NewKeyAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/chat/completions", UriKind.Relative))
        {
            Content = new StringContent("""{"model":"gpt-test","messages":[{"role":"user","content":"Hi"}]}""", new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.Authorization = new("Bearer", key);
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
        request.Headers.TryAddWithoutValidation("tracestate", "vendor=state");
        request.Headers.TryAddWithoutValidation("baggage", "user=alice");
        using var response = await host.Http.SendAsync(request, _cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var id = response.Headers.GetValues("x-request-id").Single();
        await host.StopAsync();

        var record = Assert.Single(telemetry.Events("AiRequest"), each => each["request_id"] == id);
        Assert.Equal(("ChatCompletions", "gpt-test", "stub", "200"), (record["operation"], record["model"], record["upstream"], record["status"]));
        Assert.Equal(("3", "2", "false", "completed"), (record["input_tokens"], record["output_tokens"], record["streamed"], record["ended_by"]));
        Assert.Equal(("allow", key.Split('_')[1]), (record["guard_verdict"], record["key_id"]));
        Assert.Equal(response.Content.Headers.ContentLength.ToString(), record["response_bytes"]);
        Assert.Equal("64", record["request_bytes"]);

        // The upstream is in the caller's trace, without anything else of the caller's.
        var asked = Assert.Single(upstream.RequestsFor("gpt-test"));
        Assert.StartsWith($"00-{TraceId}-", asked.Headers["traceparent"], StringComparison.Ordinal);
        Assert.DoesNotContain("b7ad6b7169203331", asked.Headers["traceparent"], StringComparison.Ordinal);
        Assert.False(asked.Headers.ContainsKey("tracestate"));
        Assert.False(asked.Headers.ContainsKey("baggage"));

        var call = Assert.Single(telemetry.Items(), item => item.GetProperty("baseData").TryGetProperty("name", out var name) && name.GetString() == "chat gpt-test");
        Assert.Equal(asked.Headers["traceparent"].Split('-')[2], call.GetProperty("baseData").GetProperty("id").GetString());
        Assert.Contains(telemetry.Items(), item => item.GetProperty("baseData").TryGetProperty("name", out var name) && name.GetString() == "POST /v1/chat/completions");
        foreach (var measure in new[] { "gen_ai.client.token.usage", "gen_ai.client.operation.duration", "gen_ai.server.request.duration" })
        {
            Assert.Contains(measure, telemetry.Everything, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_share_of_traces_that_is_set_goes_before_the_exporters_limit_a_second()
    {
        const int Requests = 40;
        await using var upstream = await StubUpstream.StartAsync();
        await using var telemetry = await TelemetryCapture.StartAsync();
        upstream.AddModel(exchange => exchange.RespondTextAsync("Hello"), "gpt-test");
        await using var host = await StartAsync(telemetry, new Dictionary<string, string?> { ["Upstreams__0__BaseUrl"] = upstream.BaseUrl });
        var key = await host.NewKeyAsync("pro");

        // As many at a time as the tier allows, or a quick machine is refused.
        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) =>
        {
            using var response = await host.ChatAsync(key, "Hi", "gpt-test");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        });

        Assert.Equal(Requests, upstream.RequestsFor("gpt-test").Count(asked => asked.Headers["traceparent"].EndsWith("-01", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_a_setting_nothing_is_sent_and_no_trace_is_passed_on()
    {
        await using var upstream = await StubUpstream.StartAsync();
        upstream.AddModel(exchange => exchange.RespondTextAsync("Hello"), "gpt-test");
        await using var host = await StartAsync(null, new Dictionary<string, string?> { ["Upstreams__0__BaseUrl"] = upstream.BaseUrl });

        using var response = await host.ChatAsync(await host.NewKeyAsync(), "Hi", "gpt-test");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(Assert.Single(upstream.RequestsFor("gpt-test")).Headers.ContainsKey("traceparent"));
    }

    [Theory]
    [InlineData("APPLICATIONINSIGHTS_CONNECTION_STRING", "nonsense")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "nonsense")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "nonsense")]
    [InlineData("Usage__RetentionDays", "0")]
    public async Task A_bad_setting_stops_the_start_with_a_line_that_names_it(string setting, string value)
    {
        await using var host = FrontDoors.Launch(new Dictionary<string, string?> { ["Storage__ConnectionString"] = azurite.ConnectionString, [setting] = value });

        var (exitCode, lines) = await host.WaitForFailedStartAsync();

        Assert.Equal(1, exitCode);
        Assert.Single(lines, line => line.Contains(setting, StringComparison.Ordinal));
        Assert.DoesNotContain("nonsense", string.Join('\n', lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_telemetry_cannot_be_sent_requests_go_on_and_memory_stays_bounded()
    {
        const int Requests = 4000;
        const long MostGrowth = 200L * 1024 * 1024;
        await using var telemetry = await TelemetryCapture.StartAsync(hangs: true);
        await using var host = await StartAsync(telemetry, new Dictionary<string, string?> { ["Logging__LogLevel__Default"] = "Warning", ["DOTNET_gcServer"] = "0" });
        using var process = Process.GetProcessById(host.ProcessId);

        await SendAsync(host, Requests); // everything is loaded, compiled and waiting
        process.Refresh();
        var before = process.WorkingSet64;
        await SendAsync(host, Requests * 2);
        process.Refresh();

        Assert.True(telemetry.Waiting > 0, "Nothing was sent, so nothing can have hung.");
        TestContext.Current.TestOutputHelper?.WriteLine($"{before >> 20} MB, after {Requests * 2} more requests {process.WorkingSet64 >> 20} MB");
        Assert.True(process.WorkingSet64 - before < MostGrowth, $"{before >> 20} MB became {process.WorkingSet64 >> 20} MB.");

        Assert.Equal(0, await StopAsync(host)); // by itself, although nobody takes its last telemetry
    }

    [Fact]
    public async Task Usage_is_reported_by_client_and_day()
    {
        await using var host = await StartAsync(null, new Dictionary<string, string?> { ["Simulator__WordDelayMilliseconds"] = "0" });
        var client = await host.CreateClientAsync("test usage", "pro");
        var key = await host.IssueKeyAsync(client);
        using var first = await host.ChatAsync(key, "Hello there");
        using var second = await host.ChatAsync(key, "Hello again");
        using var wrong = await host.ChatAsync(key, "Hello", model: "");
        using var nobody = await host.ChatAsync("wrong", "Hello");
        await host.StopAsync(); // which stores what is counted

        await using var later = await StartAsync(null, []);
        var all = await later.ManageAsync(HttpMethod.Get, "/manage/usage", null, HttpStatusCode.OK);
        var one = await later.ManageAsync(HttpMethod.Get, $"/manage/usage?client_id={client}", null, HttpStatusCode.OK);
        var paged = await later.ManageAsync(HttpMethod.Get, "/manage/usage?limit=1", null, HttpStatusCode.OK);
        var rest = await later.ManageAsync(HttpMethod.Get, $"/manage/usage?limit=1&cursor={paged.GetProperty("next_cursor").GetString()}", null, HttpStatusCode.OK);
        var before = await later.ManageAsync(HttpMethod.Get, "/manage/usage?from=2020-01-01&to=2020-12-31", null, HttpStatusCode.OK);
        await later.ManageAsync(HttpMethod.Get, "/manage/usage?from=yesterday", null, HttpStatusCode.BadRequest);
        await later.ManageAsync(HttpMethod.Get, "/manage/usage?from=0001-01-01&to=9999-12-31", null, HttpStatusCode.BadRequest);
        await later.ManageAsync(HttpMethod.Get, "/manage/usage?to=0001-01-01", null, HttpStatusCode.OK);
        await later.ManageAsync(HttpMethod.Get, "/manage/usage?from=9999-12-31&to=9999-12-31", null, HttpStatusCode.OK);
        await later.ManageAsync(HttpMethod.Get, "/manage/usage?client_id=%27%20or%201", null, HttpStatusCode.BadRequest);
        await later.ManageAsync(HttpMethod.Get, "/manage/usage?client_id=nosuch", null, HttpStatusCode.NotFound);
        await later.ManageAsync(HttpMethod.Get, $"/manage/usage?client_id={client}&to=2020-01-01", null, HttpStatusCode.OK);
        var forged = Convert.ToBase64String(Encoding.ASCII.GetBytes($"99991231-{client}"));
        await later.ManageAsync(HttpMethod.Get, $"/manage/usage?client_id={client}&cursor={forged.TrimEnd('=')}", null, HttpStatusCode.OK);

        var usage = Assert.Single(one.GetProperty("data").EnumerateArray().ToList());
        Assert.Equal(3, usage.GetProperty("requests").GetInt64());
        Assert.True(usage.GetProperty("input_tokens").GetInt64() > 0);
        Assert.True(usage.GetProperty("output_tokens").GetInt64() > 0);
        Assert.Equal(1, usage.GetProperty("rejections").GetProperty("invalid_request").GetInt64());
        Assert.Equal([null, client], all.GetProperty("data").EnumerateArray().Select(each => each.GetProperty("client_id").GetString()).Order());
        Assert.Equal(
            all.GetProperty("data").EnumerateArray().Select(each => each.GetRawText()),
            paged.GetProperty("data").EnumerateArray().Concat(rest.GetProperty("data").EnumerateArray()).Select(each => each.GetRawText()));
        Assert.Null(rest.GetProperty("next_cursor").GetString());
        Assert.Empty(before.GetProperty("data").EnumerateArray());
    }

    private async Task SendAsync(FrontDoor host, int requests) =>
        await Parallel.ForAsync(0, requests, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = _cancelled }, async (_, cancellationToken) =>
        {
            using var response = await host.Http.GetAsync(new Uri("/v1/models", UriKind.Relative), cancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        });

    private static async Task<int> StopAsync(FrontDoor host)
    {
        await host.StopAsync();
        return await host.Exited;
    }

    private Task<FrontDoor> StartAsync(TelemetryCapture? telemetry, Dictionary<string, string?> settings) =>
        FrontDoors.StartAsync(new Dictionary<string, string?>((telemetry?.Settings ?? []).Concat(settings))
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = _prefix,
        });
}
