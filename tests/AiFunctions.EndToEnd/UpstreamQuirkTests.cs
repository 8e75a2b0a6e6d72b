using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>Model servers that do things in their own way, as callers must see them, and be charged for them.</summary>
public abstract class UpstreamQuirkTests(RawHost raw) : IClassFixture<RawHost>
{
    private const string Done = "data: [DONE]\n\n";
    private const string Answer = "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
        + "\"message\":{\"role\":\"assistant\",\"content\":\"Hi there.\"},\"finish_reason\":\"stop\"}],"
        + "\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":2000,\"total_tokens\":3000}}";

    private static readonly string Stream = Chunk("{\"content\":\"Hi \"}") + Chunk("{\"content\":\"there.\"}") + Chunk("{}", "\"stop\"") + Done;

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    public static TheoryData<string> BadAnswers => new(
        "error event", "error object", "detail", "other format", "html", "empty", "empty stream", "only pings", "cut", "half", "402", "unknown encoding", "[DONE]");

    public static TheoryData<string> OddStreams => new("text/plain", "no type", "json type", "BOM", "no blank line", "gzip", "br", "CR", "comment", "two data lines", "tab");

    /// <summary>Nothing was sent yet, so another upstream is asked, and the bad answer costs nothing.</summary>
    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task What_is_no_answer_is_replaced_by_the_next_upstream(string kind)
    {
        var host = raw.Double;
        var model = raw.First.AddModel((stream, _) => BadAsync(stream, kind));
        raw.Second.AddModel(AnswerAsync, model);
        var key = await host.NewKeyAsync();

        foreach (var stream in new[] { true, false })
        {
            var (status, text, _) = await AskAsync(host, key, model, stream);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal("Hi there.", TextOf(text, stream));
        }

        Assert.Equal(2, raw.First.RequestsFor(model).Count);
        var before = await UsedAsync(host, key);
        raw.Second.AddModel((stream, _) => RawUpstream.RespondAsync(stream, 500, "{}"), model);
        var (failed, body, _) = await AskAsync(host, key, model, stream: true);
        Assert.Equal(HttpStatusCode.BadGateway, failed);
        Assert.DoesNotContain("UP-SECRET", body, StringComparison.Ordinal);
        if (kind is not "half")
        {
            Assert.Equal(before, await UsedAsync(host, key));
        }
    }

    [Theory]
    [MemberData(nameof(OddStreams))]
    public async Task A_stream_is_taken_however_it_is_dressed(string dress)
    {
        var host = raw.Single;
        var model = raw.First.AddModel((stream, _) => DressedAsync(stream, dress));
        var key = await host.NewKeyAsync();
        var (status, text, _) = await AskAsync(host, key, model, stream: true);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("Hi there.", TextOf(text, isStream: true));
        Assert.DoesNotContain("\"error\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n\n\n", "", null)]
    [InlineData("\uFEFF", "", null)]
    [InlineData(" \t\r\n", "\n\n", null)]
    [InlineData("", "", "gzip")]
    [InlineData("", "", "br")]
    [InlineData("\n\n", "", "deflate")]
    public async Task A_whole_answer_is_taken_and_charged_however_it_is_dressed(string before, string after, string? encoding)
    {
        var host = raw.Single;
        var model = raw.First.AddModel(async (stream, _) =>
        {
            await RawUpstream.WriteHeadAsync(stream, ["Content-Type: application/json", .. encoding is null ? (string[])[] : [$"Content-Encoding: {encoding}"]]);
            await stream.WriteAsync(Encode(Encoding.UTF8.GetBytes(before + Answer + after), encoding));
        });
        var key = await host.NewKeyAsync();
        var (status, text, _) = await AskAsync(host, key, model, stream: false);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("Hi there.", TextOf(text, isStream: false));
        Assert.Equal(3000, await UsedAsync(host, key));
    }

    /// <summary>Usage inside of a choice, in an event that ends it, in several data lines: it is charged, and is not shown to who did not ask.</summary>
    [Theory]
    [InlineData("data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2999}}]}\n\n")]
    [InlineData("data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"total_tokens\":3000}}\n\n")]
    [InlineData(
        "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
            + "data: {\"id\":\"x\",\"choices\":[],\ndata: \"usage\":{\"total_tokens\":3000}}\n\n")]
    [InlineData(
        "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
            + "data:\t{\"id\":\"x\",\"choices\":[],\"usage\":{\"total_tokens\":3000}}\n\n")]
    [InlineData(
        "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"usage\":{\"total_tokens\":3000},\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"total_tokens\":3000}}\n\n")]
    public async Task Usage_is_charged_wherever_it_stands_and_not_shown(string last)
    {
        var host = raw.Single;
        var model = raw.First.AddModel(async (stream, _) =>
        {
            await RawUpstream.WriteHeadAsync(stream, "Content-Type: text/event-stream");
            await RawUpstream.WriteAsync(stream, Chunk("{\"content\":\"Hi there.\"}") + last + Done);
        });
        var key = await host.NewKeyAsync();
        var (_, text, _) = await AskAsync(host, key, model, stream: true);

        Assert.Equal("Hi there.", TextOf(text, isStream: true));
        Assert.DoesNotContain("usage", text, StringComparison.Ordinal);
        Assert.Equal(3000, await UsedAsync(host, key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("stop")]
    public async Task A_stream_that_is_cut_ends_with_an_error_although_each_event_said_it_was_over(string reason)
    {
        var host = raw.Single;
        var model = raw.First.AddModel(async (stream, _) =>
        {
            await RawUpstream.WriteHeadAsync(stream, "Content-Type: text/event-stream");
            await RawUpstream.WriteAsync(stream, Chunk("{\"content\":\"Half of \"}", $"\"{reason}\"") + Chunk("{\"content\":\"the answer \"}", $"\"{reason}\""));
        });
        var (_, text, _) = await AskAsync(host, await host.NewKeyAsync(), model, stream: true);

        Assert.StartsWith("Half of the", TextOf(text, isStream: true), StringComparison.Ordinal);
        Assert.Contains("\"code\":\"upstream_error\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"object\":\"error\",\"message\":\"UP-SECRET gpu7\",\"code\":400}")]
    [InlineData("{\"detail\":\"UP-SECRET\"}")]
    [InlineData("{\"choices\":[{\"index\":0,\"delta\":{},\"error\":{\"message\":\"UP-SECRET\"},\"finish_reason\":\"error\"}]}")]
    [InlineData("{\"error\":\"UP-SECRET\"}")]
    public async Task A_failure_amid_a_stream_ends_it_in_our_words(string failure)
    {
        var host = raw.Single;
        var model = raw.First.AddModel(async (stream, _) =>
        {
            await RawUpstream.WriteHeadAsync(stream, "Content-Type: text/event-stream");
            await RawUpstream.WriteAsync(stream, Chunk("{\"content\":\"Hello. \"}") + $"data: {failure}\n\n" + Done);
        });
        var (_, text, _) = await AskAsync(host, await host.NewKeyAsync(), model, stream: true);

        Assert.Contains("\"code\":\"upstream_error\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("UP-SECRET", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }

    /// <summary>What was added to a request is left out on a second try, and on later ones.</summary>
    [Theory]
    [InlineData("", "\"max_tokens\"", "{\"error\":{\"message\":\"no\"}}")]
    [InlineData(",\"max_completion_tokens\":100", "\"max_tokens\"", "{\"detail\":\"extra inputs\"}")]
    [InlineData("", "\"max_tokens\"", "{\"error\":{\"message\":\"Use 'max_completion_tokens' instead.\",\"code\":\"unsupported_parameter\",\"param\":\"max_tokens\"}}")]
    [InlineData(",\"stream\":true", "stream_options", "{\"error\":{\"message\":\"stream_options is not permitted\",\"param\":null}}")]
    [InlineData(",\"stream\":true", "stream_options", "{\"error\":{\"message\":\"no\"}}")]
    public async Task What_a_server_refuses_of_what_was_added_is_left_out(string fields, string refused, string refusal)
    {
        var host = raw.Single;
        var model = raw.First.AddModel((stream, request) =>
            request.Text.Contains(refused, StringComparison.Ordinal) ? RawUpstream.RespondAsync(stream, 400, refusal) : AnswerAsync(stream, request));
        var key = await host.NewKeyAsync();
        for (var i = 0; i < 2; i++)
        {
            var (status, text, _) = await PostAsync(host, key, $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]{{fields}}}""");
            Assert.True(status == HttpStatusCode.OK, text);
        }

        var asked = raw.First.RequestsFor(model).Count;
        await PostAsync(host, key, $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]{{fields}}}""");
        Assert.Equal(asked + 1, raw.First.RequestsFor(model).Count); // it has been learnt
    }

    [Fact]
    public async Task A_clients_own_fault_is_not_tried_again()
    {
        var host = raw.Single;
        var model = raw.First.AddModel((stream, _) => RawUpstream.RespondAsync(
            stream, 400, """{"error":{"message":"UP-SECRET","type":"invalid_request_error","code":"unsupported_value","param":"messages[0].role"}}"""));
        var (status, text, _) = await AskAsync(host, await host.NewKeyAsync(), model, stream: false);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        var error = JsonElement.Parse(text).GetProperty("error");
        Assert.Equal(("unsupported_value", "messages[0].role"), (error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.DoesNotContain("UP-SECRET", text, StringComparison.Ordinal);
        Assert.Single(raw.First.RequestsFor(model));
    }

    [Theory]
    [InlineData(400, "{\"error\":{\"code\":\"context_length_exceeded\",\"param\":\"messages\"}}", 400, "context_length_exceeded", "messages")]
    [InlineData(400, "{\"object\":\"error\",\"message\":\"This model's maximum context length is 8192 tokens.\",\"code\":400}", 400, "context_length_exceeded", null)]
    [InlineData(400, "{\"error\":{\"code\":\"content_filter\",\"innererror\":{\"code\":\"ResponsibleAIPolicyViolation\"}}}", 400, "content_filter", null)]
    [InlineData(400, "{\"error\":{\"code\":null,\"innererror\":{\"code\":\"ResponsibleAIPolicyViolation\"},\"param\":\"prompt\"}}", 400, "content_filter", null)]
    [InlineData(400, "{\"error\":{\"code\":\"secret_detail\",\"param\":\"secret.field\"}}", 400, "invalid_request", null)]
    [InlineData(409, "{\"error\":{\"code\":\"x\"}}", 409, "conflict", null)]
    [InlineData(422, "{\"detail\":[{\"loc\":[\"body\",\"messages\",0],\"msg\":\"private\"}]}", 422, "invalid_request", "messages.0")]
    [InlineData(429, "{\"error\":{\"code\":\"insufficient_quota\"}}", 429, "insufficient_quota", null)]
    [InlineData(429, "{\"error\":{\"code\":\"rate_limit_exceeded\"}}", 429, "upstream_rate_limited", null)]
    [InlineData(402, "{\"error\":{\"message\":\"Insufficient Balance\"}}", 403, "forbidden", null)]
    public async Task Codes_by_which_clients_tell_errors_apart_pass(int upstreamStatus, string body, int status, string code, string? param)
    {
        var host = raw.Single;
        var model = raw.First.AddModel((stream, _) => RawUpstream.RespondAsync(stream, upstreamStatus, body));
        var (actual, text, _) = await AskAsync(host, await host.NewKeyAsync(), model, stream: false);
        var error = JsonElement.Parse(text).GetProperty("error");

        Assert.Equal((status, code, param), ((int)actual, error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
    }

    [Theory]
    [InlineData("Retry-After: 17", 17, 17, null)]
    [InlineData("Retry-After: date", 55, 61, null)]
    [InlineData("retry-after-ms: 250", 1, 1, "250")]
    [InlineData("retry-after-ms: 3000", 3, 3, null)]
    [InlineData("X: 1", 1, 1, null)]
    public async Task The_wait_is_what_the_upstream_says(string header, int least, int most, string? milliseconds)
    {
        header = header.Replace("date", DateTimeOffset.UtcNow.AddSeconds(60).ToString("R", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var host = raw.Single;
        var model = raw.First.AddModel((stream, _) => RawUpstream.WriteAsync(stream, $"HTTP/1.1 429 Too Many\r\nConnection: close\r\nContent-Length: 2\r\n{header}\r\n\r\n{{}}"));
        var (status, _, headers) = await AskAsync(host, await host.NewKeyAsync(), model, stream: false);

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.InRange(headers.RetryAfter!.Delta!.Value.TotalSeconds, least, most);
        Assert.Equal(milliseconds, headers.TryGetValues("retry-after-ms", out var values) ? values.Single() : null);
    }

    [Fact]
    public async Task An_upstreams_own_settings_hold()
    {
        var model = raw.First.AddModel(AnswerAsync);
        await using var host = await raw.StartAsync(
            [raw.First], ("Upstreams__0__OutputLimitField", "None"), ("Upstreams__0__StreamUsage", "Off"), ("Upstreams__0__Headers__X-Team", "blue"));
        var body = $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}],"stream":true}""";
        var (_, text, _) = await PostAsync(host, await host.NewKeyAsync(), body);
        var sent = Assert.Single(raw.First.RequestsFor(model));

        Assert.Equal("Hi there.", TextOf(text, isStream: true));
        Assert.DoesNotContain("max_tokens", sent.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("stream_options", sent.Text, StringComparison.Ordinal);
        Assert.Equal("blue", sent.Headers["X-Team"]);
    }

    /// <summary>A limit that holds for one name and not for another would be none.</summary>
    [Theory]
    [InlineData(",\"n_predict\":999999", "\"n_predict\":16384")]
    [InlineData(",\"n_predict\":-1", "\"n_predict\":16384")]
    [InlineData(",\"max_new_tokens\":\"999999\"", "\"max_new_tokens\":16384")]
    [InlineData(",\"options\":{\"num_predict\":-2}", "\"num_predict\":16384")]
    [InlineData(",\"max_output_tokens\":1e9", "\"max_output_tokens\":16384")]
    [InlineData(",\"min_tokens\":99999", "\"min_tokens\":16384")]
    [InlineData(",\"extra_body\":{\"max_tokens\":99999}", "\"extra_body\":{\"max_tokens\":16384}")]
    [InlineData(",\"n_predict\":7", "\"max_tokens\":7")]
    public async Task Servers_own_names_for_the_limit_are_capped(string fields, string sent)
    {
        var host = raw.Single;
        var model = raw.First.AddModel(AnswerAsync);
        await PostAsync(host, await host.NewKeyAsync(), $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]{{fields}}}""");

        Assert.Contains(sent, Assert.Single(raw.First.RequestsFor(model)).Text, StringComparison.Ordinal);
    }

    /// <summary>A comment that has no blank line after it, and may be all that comes for a while, is passed on at once.</summary>
    [Fact]
    public async Task A_comment_is_not_held()
    {
        var seen = new TaskCompletionSource();
        var host = raw.Single;
        var model = raw.First.AddModel(async (stream, _) =>
        {
            await RawUpstream.WriteHeadAsync(stream, "Content-Type: text/event-stream");
            await RawUpstream.WriteAsync(stream, Chunk("{\"content\":\"Hi \"}") + ": still there\n");
            await seen.Task;
            await RawUpstream.WriteAsync(stream, Chunk("{\"content\":\"there.\"}") + Chunk("{}", "\"stop\"") + Done);
        });
        using var response = await host.Http.SendAsync(
            RequestOf(await host.NewKeyAsync(), Body(model, stream: true)), HttpCompletionOption.ResponseHeadersRead, _cancelled);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_cancelled));
        while (await reader.ReadLineAsync(_cancelled) is { } line && line != ": still there")
        {
        }

        seen.SetResult();
        Assert.Contains("[DONE]", await reader.ReadToEndAsync(_cancelled), StringComparison.Ordinal);
    }

    private static string Chunk(string delta, string reason = "null") =>
        $"data: {{\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{reason}}}]}}\n\n";

    private static string Body(string model, bool stream) =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}],"max_tokens":50{{(stream ? ",\"stream\":true" : "")}}}""";

    private static Task AnswerAsync(Stream stream, StubRequest request) => request.Text.Contains("\"stream\":true", StringComparison.Ordinal)
        ? RawUpstream.RespondAsync(stream, 200, Stream, "text/event-stream")
        : RawUpstream.RespondAsync(stream, 200, Answer);

    private static async Task BadAsync(Stream stream, string kind)
    {
        if (kind == "402")
        {
            await RawUpstream.WriteAsync(stream, "HTTP/1.1 402 Payment\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
            return;
        }

        var (type, body) = kind switch
        {
            "error event" => ("text/event-stream", "data: {\"error\":{\"message\":\"UP-SECRET\"}}\n\n"),
            "error object" => ("application/json", "{\"object\":\"error\",\"message\":\"UP-SECRET\"}"),
            "detail" => ("application/json", "{\"detail\":\"UP-SECRET\"}"),
            "other format" => ("application/json", "{\"message\":{\"role\":\"assistant\",\"content\":\"UP-SECRET\"},\"done\":true}"),
            "html" => ("text/html", "<html>UP-SECRET</html>"),
            "empty" => ("application/json", ""),
            "empty stream" => ("text/event-stream", ""),
            "only pings" => ("text/event-stream", ": ping\n\ndata: {\"type\":\"ping\"}\n\n"),
            "[DONE]" => ("text/event-stream", Done),
            "half" => ("application/json", Answer[..50]),
            _ => ("text/event-stream", "data: {\"id\":\"x\",\"cho"),
        };
        await RawUpstream.WriteHeadAsync(stream, ["Content-Type: " + type, .. kind == "unknown encoding" ? (string[])["Content-Encoding: rot13"] : []]);
        await RawUpstream.WriteAsync(stream, body);
    }

    private static async Task DressedAsync(Stream stream, string dress)
    {
        string[] head = dress switch
        {
            "text/plain" => ["Content-Type: text/plain"],
            "no type" => [],
            "json type" => ["Content-Type: application/json"],
            "gzip" or "br" => ["Content-Type: text/event-stream", "Content-Encoding: " + dress],
            _ => ["Content-Type: text/event-stream"],
        };
        var events = dress switch
        {
            "BOM" => "\uFEFF" + Stream,
            "no blank line" => Chunk("{\"content\":\"Hi there.\"}") + Chunk("{}", "\"stop\"").TrimEnd('\n'),
            "CR" => Stream.Replace('\n', '\r'),
            "comment" => ": ping\n" + Stream.Replace("data: [", ": ping\ndata: [", StringComparison.Ordinal),
            "two data lines" => Stream.Replace("\"choices\"", "\ndata: \"choices\"", StringComparison.Ordinal),
            "tab" => Stream.Replace("data: ", "data:\t", StringComparison.Ordinal),
            _ => Stream,
        };
        await RawUpstream.WriteHeadAsync(stream, head);
        await stream.WriteAsync(Encode(Encoding.UTF8.GetBytes(events), dress is "gzip" or "br" ? dress : null));
    }

    private static byte[] Encode(byte[] bytes, string? encoding)
    {
        if (encoding is null)
        {
            return bytes;
        }

        using var encoded = new MemoryStream();
        using (Stream encoder = encoding switch
        {
            "gzip" => new GZipStream(encoded, CompressionMode.Compress),
            "br" => new BrotliStream(encoded, CompressionMode.Compress),
            _ => new ZLibStream(encoded, CompressionMode.Compress),
        })
        {
            encoder.Write(bytes);
        }

        return encoded.ToArray();
    }

    private static string TextOf(string answer, bool isStream)
    {
        if (!isStream)
        {
            return JsonElement.Parse(answer).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
        }

        var events = answer.ReplaceLineEndings("\n").Split('\n')
            .Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => line["data:".Length..].Trim());
        return string.Concat(events.Where(data => data.StartsWith('{')).Select(data => JsonElement.Parse(data))
            .Where(data => data.TryGetProperty("choices", out _))
            .SelectMany(data => data.GetProperty("choices").EnumerateArray()).Where(choice => choice.TryGetProperty("delta", out _))
            .Select(choice => choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : ""));
    }

    private static HttpRequestMessage RequestOf(string key, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/chat/completions", UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("api-key", key);
        return request;
    }

    private Task<(HttpStatusCode Status, string Text, HttpResponseHeaders Headers)> AskAsync(FrontDoor host, string key, string model, bool stream) =>
        PostAsync(host, key, Body(model, stream));

    private async Task<(HttpStatusCode Status, string Text, HttpResponseHeaders Headers)> PostAsync(FrontDoor host, string key, string body)
    {
        using var request = RequestOf(key, body);
        using var response = await host.Http.SendAsync(request, _cancelled);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(_cancelled), response.Headers);
    }

    // Settled a moment after the answer's last byte.
    private async Task<long> UsedAsync(FrontDoor host, string key)
    {
        var last = -1L;
        for (var same = 0; same < 3;)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/usage", UriKind.Relative));
            request.Headers.Add("api-key", key);
            using var response = await host.Http.SendAsync(request, _cancelled);
            var used = JsonElement.Parse(await response.Content.ReadAsStringAsync(_cancelled)).GetProperty("tokens_per_day").GetProperty("used").GetInt64();
            same = used == last ? same + 1 : 0;
            last = used;
            await Task.Delay(100, _cancelled);
        }

        return last;
    }
}
