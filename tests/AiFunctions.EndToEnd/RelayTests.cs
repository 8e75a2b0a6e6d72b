using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>What goes to the upstream and what comes back from it.</summary>
public abstract class RelayTests(StubbedHost stubbed, AzuriteFixture azurite) : IClassFixture<StubbedHost>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_and_answers_pass_byte_for_byte()
    {
        const string Answer = """{ "id":"x","vendor_field":[1.10,-0.0,1e+2] , "choices":[ {"index":0,"message":{"role":"assistant","content":"\u00fc\/ü"}} ]  }""";
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(200, Answer));
        var request = $$"""{ "zeta":1.50, "model" : "{{model}}","messages":[{"content":"a\u0062\/c 😀","role":"user"}],"seed":9007199254740993,"unknown":{"b":[],"a":null} }""";

        using var response = await PostAsync(request);

        Assert.Equal(Answer, await response.Content.ReadAsStringAsync(_cancelled));
        var sent = Assert.Single(stubbed.Upstream.RequestsFor(model));
        Assert.Equal("{\"max_tokens\":16384," + request[1..], sent.Text); // the tier's cap, and all else as it came
        Assert.Equal("/v1/chat/completions", sent.PathAndQuery);
        Assert.Equal("Bearer " + StubbedHost.UpstreamKey, sent.Headers["Authorization"]);
        Assert.Equal("application/json", sent.Headers["Content-Type"]);
        Assert.Equal(response.Headers.GetValues("x-request-id").Single(), sent.Headers["x-request-id"]);
        Assert.DoesNotContain(sent.Headers, header => header.Value.Contains("aif_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_pass_byte_for_byte()
    {
        const string Events = ": hello\r\n\r\nevent: x\ndata: {\"a\" : 1.0,\"choices\":[{}]}\nid: 7\n\ndata: {\"b\":\"\\u00fc\"}\r\r\ndata: [DONE]\n\n";
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(200, Events, "text/event-stream; charset=utf-8"));

        using var response = await PostAsync(Chat(model, stream: true));

        Assert.Equal(Events, await response.Content.ReadAsStringAsync(_cancelled));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
    }

    [Theory]
    [InlineData("data: {\"choices\":[{}]}\r\rdata: [DONE]\r\r")]
    [InlineData("data: {\"choices\":[{}]}\n\ndata: [DONE]\n")]
    [InlineData("data: {\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}]}\n\n")]
    public async Task A_stream_that_has_said_all_is_no_failure_however_it_ends(string events)
    {
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(200, events, "text/event-stream"));

        using var response = await PostAsync(Chat(model, stream: true));

        Assert.Equal(events.EndsWith("]\n", StringComparison.Ordinal) ? events + "\n" : events, await response.Content.ReadAsStringAsync(_cancelled));
    }

    [Fact]
    public async Task Trace_headers_of_the_caller_stay_here()
    {
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondTextAsync("x"));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/chat/completions", UriKind.Relative))
        {
            Content = new StringContent(Chat(model, stream: false), Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("api-key", await stubbed.Host.NewKeyAsync());
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.Headers.Add("tracestate", "vendor=secret");
        request.Headers.Add("baggage", "secret=abc");
        using var response = await stubbed.Host.Http.SendAsync(request, _cancelled);

        var sent = Assert.Single(stubbed.Upstream.RequestsFor(model)).Headers;
        Assert.DoesNotContain(sent, header => header.Value.Contains("secret", StringComparison.Ordinal) || header.Value.Contains("0af765", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_upstream_that_does_not_accept_connections_is_replaced_by_the_next()
    {
        // A full backlog leaves a connection attempt without any answer.
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        deaf.Listen(0);
        var endpoint = (IPEndPoint)deaf.LocalEndPoint!;
        var fillers = Enumerable.Range(0, 8).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false }).ToList();
        foreach (var filler in fillers)
        {
            try
            {
                filler.Connect(endpoint);
            }
            catch (SocketException)
            {
                // Under way, which is all that is wanted.
            }
        }

        await using var second = await StubUpstream.StartAsync();
        var model = second.AddModel(exchange => exchange.RespondTextAsync("from the second"));
        await using var host = await StartAsync(($"deaf", $"http://127.0.0.1:{endpoint.Port}/v1", "0", null), ("second", second.BaseUrl, "1", null));

        using var response = await PostAsync(Chat(model, stream: false), host: host);

        Assert.Contains("from the second", await response.Content.ReadAsStringAsync(_cancelled), StringComparison.Ordinal);
        fillers.ForEach(filler => filler.Dispose());
    }

    [Theory]
    [InlineData(400, 400, "invalid_request")]
    [InlineData(401, 403, "forbidden")]
    [InlineData(403, 403, "forbidden")]
    [InlineData(404, 404, "model_not_found")]
    [InlineData(402, 403, "forbidden")]
    [InlineData(409, 409, "conflict")]
    [InlineData(422, 422, "invalid_request")]
    [InlineData(429, 429, "upstream_rate_limited")]
    [InlineData(500, 502, "upstream_error")]
    [InlineData(502, 502, "upstream_error")]
    [InlineData(503, 503, "upstream_unavailable")]
    [InlineData(504, 504, "upstream_timeout")]
    [InlineData(302, 502, "upstream_error")]
    public async Task A_refusal_keeps_its_class_and_loses_its_text(int upstreamStatus, int status, string code)
    {
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(
            upstreamStatus, """{"error":{"message":"private detail"}}""",
            headers: new Dictionary<string, string> { ["Retry-After"] = "17", ["Location"] = "http://127.0.0.1:1/" }));

        foreach (var stream in new[] { false, true })
        {
            using var response = await PostAsync(Chat(model, stream));
            var text = await response.Content.ReadAsStringAsync(_cancelled);

            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal(code, JsonElement.Parse(text).GetProperty("error").GetProperty("code").GetString());
            Assert.DoesNotContain("private detail", text, StringComparison.Ordinal);
            Assert.Equal(status is 409 or 429 or >= 500 ? TimeSpan.FromSeconds(17) : null, response.Headers.RetryAfter?.Delta);
        }
    }

    [Theory]
    [InlineData("<html>oops</html>", "text/html")]
    [InlineData("""{"id":"cut""", "application/json")]
    [InlineData("", "application/json")]
    [InlineData("data: {\"a\":1}", "text/event-stream")]
    [InlineData("""{"error":{"message":"no success at all"}}""", "application/json")]
    public async Task An_answer_that_makes_no_sense_is_an_upstream_error(string body, string contentType)
    {
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(200, body, contentType));

        using var response = await PostAsync(Chat(model, stream: false));

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Fact]
    public async Task A_reset_in_mid_stream_ends_with_an_error_event()
    {
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var model = stubbed.Upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.SendAsync("data: {\"choices\":[{}],\"n\":1}\n\n");
            await read.Task;
            await exchange.SendAsync("data: {\"n\":"); // half an event must not come through
            exchange.Reset();
        });

        using var response = await PostAsync(Chat(model, stream: true));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_cancelled));
        Assert.Equal("data: {\"choices\":[{}],\"n\":1}", await reader.ReadLineAsync(_cancelled));
        read.SetResult();
        Assert.Equal("", await reader.ReadLineAsync(_cancelled));
        var last = await reader.ReadToEndAsync(_cancelled);

        Assert.StartsWith("data: {\"error\":{", last, StringComparison.Ordinal);
        Assert.EndsWith("}}\n\n", last, StringComparison.Ordinal);
        Assert.Equal("upstream_error", JsonElement.Parse(last["data: ".Length..]).GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("data: {not json\n\n")]
    [InlineData("data: {\"error\":{\"message\":\"no\"}}\n\n")]
    public async Task Nonsense_right_behind_a_good_event_ends_with_an_error_event(string second)
    {
        var first = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ok \"}}]}\n\n";
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(200, first + second, "text/event-stream"));

        using var response = await PostAsync(Chat(model, stream: true));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var answer = await response.Content.ReadAsStringAsync(_cancelled);
        Assert.StartsWith(first + "data: {\"error\":{", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"upstream_error\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reset_before_the_answer_is_a_502()
    {
        var model = stubbed.Upstream.AddModel(exchange =>
        {
            exchange.Reset();
            return Task.CompletedTask;
        });

        using var response = await PostAsync(Chat(model, stream: true));

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_that_leaves_cancels_the_call_upstream(bool stream)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var model = stubbed.Upstream.AddModel(async exchange =>
        {
            arrived.SetResult();
            await exchange.CallerGone;
            left.SetResult();
        });

        using var leave = CancellationTokenSource.CreateLinkedTokenSource(_cancelled);
        var call = PostAsync(Chat(model, stream), leave.Token);
        await arrived.Task.WaitAsync(Soon, _cancelled);
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await left.Task.WaitAsync(Soon, _cancelled);
    }

    [Fact]
    public async Task A_silent_upstream_is_given_up_before_and_in_mid_stream()
    {
        await using var upstream = await StubUpstream.StartAsync();
        var silent = upstream.AddModel(exchange => exchange.CallerGone);
        var falling = upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.SendAsync("data: {\"choices\":[{}],\"n\":1}\n\n");
            await exchange.CallerGone;
        });
        await using var host = await StartAsync(("a", upstream.BaseUrl, null, "1"));

        using var response = await PostAsync(Chat(silent, stream: false), host: host);
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);

        using var started = await PostAsync(Chat(falling, stream: true), host: host);
        Assert.Contains("upstream_timeout", await started.Content.ReadAsStringAsync(_cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_upstream_is_replaced_by_the_next_in_priority()
    {
        await using var first = await StubUpstream.StartAsync();
        await using var second = await StubUpstream.StartAsync();
        var model = second.AddModel(exchange => exchange.RespondTextAsync("from the second"));
        var busy = first.AddModel(exchange => exchange.RespondAsync(503, "{}"));
        await using var host = await StartAsync(
            ("second", second.BaseUrl, "5", null), ("first", first.BaseUrl, "1", null), ("gone", "http://127.0.0.1:1/v1", "0", null));

        using var answered = await PostAsync(Chat(model, stream: false), host: host);
        Assert.Contains("from the second", await answered.Content.ReadAsStringAsync(_cancelled), StringComparison.Ordinal);
        Assert.Single(first.RequestsFor(model)); // asked in turn: refused, so the next was

        using var failed = await PostAsync(Chat(busy, stream: false), host: host);
        Assert.Equal(HttpStatusCode.NotFound, failed.StatusCode); // what the last one said
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_is_a_503()
    {
        await using var host = await StartAsync(("gone", "http://127.0.0.1:1/v1", null, null));

        using var response = await PostAsync(Chat("any", stream: false), host: host);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("upstream_unavailable", await response.Content.ReadAsStringAsync(_cancelled), StringComparison.Ordinal);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    private static string Chat(string model, bool stream) =>
        $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"hi"}]}""";

    private async Task<FrontDoor> StartAsync(params (string Name, string BaseUrl, string? Priority, string? TimeoutSeconds)[] upstreams)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
        };
        for (var i = 0; i < upstreams.Length; i++)
        {
            settings[$"Upstreams__{i}__Name"] = upstreams[i].Name;
            settings[$"Upstreams__{i}__BaseUrl"] = upstreams[i].BaseUrl;
            settings[$"Upstreams__{i}__Priority"] = upstreams[i].Priority ?? "0";
            settings[$"Upstreams__{i}__TimeoutSeconds"] = upstreams[i].TimeoutSeconds ?? "60";
        }

        return await FrontDoors.StartAsync(settings);
    }

    private async Task<HttpResponseMessage> PostAsync(string body, CancellationToken? cancellationToken = null, FrontDoor? host = null)
    {
        host ??= stubbed.Host;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/chat/completions", UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("api-key", await host.NewKeyAsync());
        return await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken ?? _cancelled);
    }
}
