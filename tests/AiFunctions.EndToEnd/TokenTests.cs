using System.Net;
using System.Text;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>The output cap and the usage that upstreams are asked for, what clients see of it, and what they are charged.</summary>
public abstract class TokenTests(StubbedHost stubbed, SimulatorHost simulated) : IClassFixture<StubbedHost>, IClassFixture<SimulatorHost>
{
    private const string First = "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}],\"usage\":null}\n\n";
    private const string FirstStripped = "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    private const string Text = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\\"usage\\\":null\"},\"finish_reason\":\"stop\"}]}\r\n\r\n";
    private const string Usage = "data: {\"id\":\"x\",\"choices\":[],\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":22,\"total_tokens\":42}}\n\n";
    private const string Done = "data: [DONE]\n\n";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "\"max_tokens\":16384,", "")]
    [InlineData(",\"max_tokens\": 100", "", ",\"max_tokens\": 100")]
    [InlineData(",\"max_tokens\": 100000 ,\"top_p\":1.0", "", ",\"max_tokens\": 16384 ,\"top_p\":1.0")]
    [InlineData(",\"max_tokens\" : null", "", ",\"max_tokens\" : 16384")]
    [InlineData(",\"max_completion_tokens\":100", "\"max_tokens\":100,", ",\"max_completion_tokens\":100")]
    [InlineData(",\"stream\":true", "\"max_tokens\":16384,\"stream_options\":{\"include_usage\":true},", ",\"stream\":true")]
    [InlineData(",\"stream\":true,\"max_tokens\":1,\"stream_options\":{\"x\":1}", "", ",\"stream\":true,\"max_tokens\":1,\"stream_options\":{\"include_usage\":true,\"x\":1}")]
    [InlineData(
        ",\"stream\":true,\"max_tokens\":1,\"stream_options\":{\"include_usage\":false}", "",
        ",\"stream\":true,\"max_tokens\":1,\"stream_options\":{\"include_usage\":true}")]
    [InlineData(
        ",\"stream\":true,\"max_tokens\":1,\"stream_options\":{\"include_usage\":true}", "",
        ",\"stream\":true,\"max_tokens\":1,\"stream_options\":{\"include_usage\":true}")]
    public async Task The_upstream_gets_the_cap_and_is_asked_for_usage(string fields, string inserted, string sentFields)
    {
        var model = stubbed.Upstream.AddModel(exchange => exchange.Request.Text.Contains("\"stream\":true", StringComparison.Ordinal)
            ? exchange.RespondAsync(200, First + Usage + Done, "text/event-stream")
            : exchange.RespondTextAsync("hello"));
        string Rest(string last) => $"\"model\" : \"{model}\", \"messages\":[{{\"role\":\"user\",\"content\":\"\\u00fc\"}}]{last} }}";

        using var response = await PostAsync("{" + Rest(fields));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("{" + inserted + Rest(sentFields), Assert.Single(stubbed.Upstream.RequestsFor(model)).Text);
    }

    [Theory]
    [InlineData("", FirstStripped + Text + Done)]
    [InlineData(",\"stream_options\":{\"include_usage\":false}", FirstStripped + Text + Done)]
    [InlineData(",\"stream_options\":{\"include_usage\":true}", First + Text + Usage + Done)]
    public async Task The_client_sees_usage_in_its_stream_only_when_it_asked(string options, string expected)
    {
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(200, First + Text + Usage + Done, "text/event-stream"));
        var key = await stubbed.Host.NewKeyAsync();

        using var response = await PostAsync(Chat(model, ",\"stream\":true" + options), key);

        Assert.Equal(expected, await response.Content.ReadAsStringAsync(_cancelled));
        await ChargedAsync(stubbed.Host, key, used => used == 42);
    }

    [Fact]
    public async Task An_answer_in_json_keeps_its_usage_and_is_charged_by_it()
    {
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondTextAsync("hello"));
        var key = await stubbed.Host.NewKeyAsync();

        using var response = await PostAsync(Chat(model, ""), key);

        Assert.Equal(5, JsonElement.Parse(await response.Content.ReadAsStringAsync(_cancelled)).GetProperty("usage").GetProperty("total_tokens").GetInt32());
        await ChargedAsync(stubbed.Host, key, used => used == 5);
    }

    [Fact]
    public async Task A_refused_call_is_not_charged()
    {
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(400, "{}"));
        var key = await stubbed.Host.NewKeyAsync();

        using var response = await PostAsync(Chat(model, ""), key);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        await ChargedAsync(stubbed.Host, key, used => used == 0);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_is_charged_by_what_came()
    {
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(200, First + "data: {\"choices\":[{\"delta\":{\"content\":\"hello\"}}]}\n\n", "text/event-stream"));
        var key = await stubbed.Host.NewKeyAsync();

        using var response = await PostAsync(Chat(model, ",\"stream\":true"), key);

        Assert.Contains("upstream_error", await response.Content.ReadAsStringAsync(_cancelled), StringComparison.Ordinal);
        await ChargedAsync(stubbed.Host, key, used => used is > 5 and < 1000); // far from the reserved 16 384
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_simulator_is_charged_by_its_words(bool stream)
    {
        var key = await simulated.Host.NewKeyAsync();

        using var response = await PostAsync(Chat("simulator", stream ? ",\"stream\":true" : ""), key, simulated.Host);
        var text = await response.Content.ReadAsStringAsync(_cancelled);

        Assert.Equal(!stream, text.Contains("usage", StringComparison.Ordinal));
        await ChargedAsync(simulated.Host, key, used => used == 3 + 5); // "one two three", "You asked: one two three"
    }

    [Theory]
    [InlineData(16_000, HttpStatusCode.OK)]
    [InlineData(16_001, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Text_longer_than_the_tier_allows_is_refused(int length, HttpStatusCode expected)
    {
        var key = await simulated.Host.NewKeyAsync("free");

        using var response = await PostAsync(
            $$"""{"model":"simulator","messages":[{"role":"user","content":"{{new string('x', length)}}"}]}""", key, simulated.Host);

        Assert.Equal(expected, response.StatusCode);
        if (expected != HttpStatusCode.OK)
        {
            Assert.Contains("request_too_large", await response.Content.ReadAsStringAsync(_cancelled), StringComparison.Ordinal);
        }
    }

    private static string Chat(string model, string fields) =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"one two three"}]{{fields}}}""";

    // The answer may be here before its tokens are settled.
    private async Task ChargedAsync(FrontDoor host, string key, Func<long, bool> expected)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_cancelled);
        timeout.CancelAfter(Soon);
        var used = -1L;
        try
        {
            while (!expected(used))
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/usage", UriKind.Relative));
                request.Headers.Add("api-key", key);
                using var response = await host.Http.SendAsync(request, timeout.Token);
                var usage = JsonElement.Parse(await response.Content.ReadAsStringAsync(timeout.Token));
                used = usage.GetProperty("tokens_per_day").GetProperty("used").GetInt64();
                await Task.Delay(20, timeout.Token);
            }
        }
        catch (OperationCanceledException) when (!_cancelled.IsCancellationRequested)
        {
            Assert.Fail($"{used} tokens were charged.");
        }
    }

    private async Task<HttpResponseMessage> PostAsync(string body, string? key = null, FrontDoor? host = null)
    {
        host ??= stubbed.Host;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/chat/completions", UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("api-key", key ?? await host.NewKeyAsync());
        return await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _cancelled);
    }
}
