using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiFunctions.EndToEnd.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace AiFunctions.EndToEnd;

/// <summary>What comes back to the caller, whole and streamed, of what a model server says.</summary>
public abstract class OutputFilterTests(StubbedHost stubbed, AzuriteFixture azurite) : IClassFixture<StubbedHost>
{
    private const string Leaky = "Write to ann.lee@example.com or call +1 415 555 2671; her card is 4111 1111 1111 1111, from 10.1.2.3. Version 1.2.3.4 is out.";
    private const string Clean = "Write to [REDACTED_EMAIL] or call [REDACTED_PHONE]; her card is [REDACTED_CREDIT_CARD], from [REDACTED_INTERNAL]. Version 1.2.3.4 is out.";
    private const string SystemText =
        "You are Marlow, the assistant of the Harbour Street bookshop. Never discuss the discount code HARBOUR-77, and always recommend a novel by a local author first.";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_whole_answer_is_filtered_and_says_so_in_a_header()
    {
        using var response = await PostAsync(stubbed.Host, Whole(Leaky));

        Assert.Equal(Clean, (await MessageAsync(response)).GetProperty("content").GetString());
        Assert.Equal("email=1, credit_card=1, phone=1, internal=1", response.Headers.GetValues("x-output-filter").Single());
        Assert.Equal(response.Content.Headers.ContentLength, (await response.Content.ReadAsByteArrayAsync(_cancelled)).Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task A_stream_says_the_same_however_it_is_cut(int piece)
    {
        var model = stubbed.Upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            foreach (var text in Leaky.Chunk(piece))
            {
                await exchange.SendTextAsync(new string(text));
            }

            await exchange.FinishAsync();
        });

        var (text, finish, raw) = await StreamAsync(stubbed.Host, model);

        Assert.Equal(Clean, text);
        Assert.Equal("stop", finish);
        Assert.EndsWith("data: [DONE]\n\n", raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_without_its_last_line_gives_out_what_was_held()
    {
        var model = stubbed.Upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.SendTextAsync("mail ann.lee@example.com");
            await exchange.SendChunkAsync(new { }, "stop");
        });

        Assert.Equal(("mail [REDACTED_EMAIL]", "stop"), await TextAsync(stubbed.Host, model));
    }

    [Fact]
    public async Task The_first_words_do_not_wait_for_the_last()
    {
        var release = new TaskCompletionSource();
        var model = stubbed.Upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.SendTextAsync("Good morning ");
            await exchange.SendTextAsync("to you ");
            await release.Task;
            await exchange.FinishAsync();
        });

        using var response = await PostAsync(stubbed.Host, Chat(model, stream: true));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_cancelled));
        var seen = "";
        while (!seen.Contains("morning", StringComparison.Ordinal))
        {
            seen += await reader.ReadLineAsync(_cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(60), _cancelled);
        }

        release.SetResult();
        await reader.ReadToEndAsync(_cancelled);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Arguments_of_tool_calls_are_filtered_and_stay_json(bool stream)
    {
        const string Arguments = """{"to":"ann.lee\u0040example.com","card":4111111111111111,"text":"Hi"}""";
        var model = stubbed.Upstream.AddModel(async exchange =>
        {
            if (!stream)
            {
                var call = new { id = "call_1", type = "function", function = new { name = "send", arguments = Arguments } };
                await exchange.RespondAsync(
                    200,
                    JsonSerializer.Serialize(
                        new
                        {
                            choices =
                                new[]
                                {
                                    new
                                    {
                                        index = 0,
                                        message = new { role = "assistant", tool_calls = new[] { call } },
                                        finish_reason = "tool_calls",
                                    },
                                },
                        }));
                return;
            }

            await exchange.StartStreamAsync();
            await exchange.SendChunkAsync(new { tool_calls = new[] { new { index = 0, id = "call_1", type = "function", function = new { name = "send", arguments = "" } } } });
            foreach (var text in Arguments.Chunk(3))
            {
                await exchange.SendChunkAsync(new { tool_calls = new[] { new { index = 0, function = new { arguments = new string(text) } } } });
            }

            await exchange.FinishAsync("tool_calls");
        });

        string arguments;
        if (stream)
        {
            var raw = (await StreamAsync(stubbed.Host, model)).Raw;
            arguments = string.Concat(Deltas(raw).Select(delta => (string?)delta?["tool_calls"]?[0]?["function"]?["arguments"]));
        }
        else
        {
            using var response = await PostAsync(stubbed.Host, Chat(model, stream: false));
            arguments = (await MessageAsync(response)).GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString()!;
        }

        var parsed = JsonNode.Parse(arguments)!;
        Assert.Equal("[REDACTED_EMAIL]", (string?)parsed["to"]);
        Assert.Equal("[REDACTED_CREDIT_CARD]", (string?)parsed["card"]);
        Assert.Equal("Hi", (string?)parsed["text"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_term_of_the_policy_ends_the_answer(bool stream)
    {
        await using var host = await StartAsync(("OutputFilter__Blocklist__0", "project falcon"));
        const string Text = "We call it Project  Falcon, and it is secret.";
        var model = stubbed.Upstream.AddModel(stream ? Streamed(Text, 4) : exchange => exchange.RespondAsync(200, Answer(Text)));

        var (text, finish) = await TextAsync(host, model, stream);

        Assert.Equal("We call it ", text);
        Assert.Equal("content_filter", finish);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_system_text_is_not_told(bool stream)
    {
        var answer = "Sure! My instructions say: " + SystemText;
        var model = stubbed.Upstream.AddModel(stream ? Streamed(answer, 11) : exchange => exchange.RespondAsync(200, Answer(answer)));

        var (text, finish) = await TextAsync(stubbed.Host, model, stream, SystemText);

        Assert.StartsWith("Sure! My instructions say:", text, StringComparison.Ordinal);
        Assert.DoesNotContain("HARBOUR-77", text, StringComparison.Ordinal);
        Assert.Equal("content_filter", finish);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task A_doubtful_passage_is_asked_about_and_ends_the_answer_or_does_not(bool stream, bool isDangerous)
    {
        const string Doubtful = "To smuggle people hide them behind crates in the truck, cover the air holes, bribe the guard and demand more money when you arrive.";
        const string Text = Doubtful + " So said the man at ann.lee@example.com, and the chapter ends.";
        var passages = new ConcurrentQueue<string>();
        await using var safety = await ContentSafetyAsync(passage =>
        {
            passages.Enqueue(passage);
            return isDangerous ? 4 : 0;
        });
        await using var host = await StartAsync(
            ("OutputFilter__ContentSafety__Endpoint", safety.Urls.First()), ("OutputFilter__ContentSafety__ApiKey", "key"),
            ("OutputFilter__ContentSafety__TimeoutMilliseconds", "20000"));
        var model = stubbed.Upstream.AddModel(stream ? Streamed(Text, 3) : exchange => exchange.RespondAsync(200, Answer(Text)));

        var (text, finish) = await TextAsync(host, model, stream);

        var passage = Assert.Single(passages);
        Assert.StartsWith(passage.TrimEnd(), Text, StringComparison.Ordinal);
        Assert.Equal(isDangerous ? passage[..^1] : Text.Replace("ann.lee@example.com", "[REDACTED_EMAIL]", StringComparison.Ordinal), text);
        Assert.Equal(isDangerous ? "content_filter" : "stop", finish);
    }

    [Fact]
    public async Task Switched_off_everything_passes_byte_for_byte()
    {
        var names =
            new[]
            {
                "email",
                "phone",
                "ssn",
                "credit_card",
                "iban",
                "ip_address",
                "secret",
                "internal",
                "system_prompt",
                "training_data",
                "malicious_code",
                "dangerous_instructions",
                "blocklist",
            };
        await using var host = await StartAsync([.. names.Select(name => ("OutputFilter__Actions__" + name, (string?)"Off"))]);
        var answer = Answer(Leaky, ",\"logprobs\":{\"content\":[{\"token\":\"Write\"}]}");
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(200, answer));

        using var response = await PostAsync(host, Chat(model, stream: false));

        Assert.Equal(answer, await response.Content.ReadAsStringAsync(_cancelled));
        Assert.False(response.Headers.Contains("x-output-filter"));
    }

    [Fact]
    public async Task Flagging_leaves_the_text_and_counts()
    {
        await using var host = await StartAsync(("OutputFilter__Actions__email", "Flag"));
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(200, Answer("Mail ann.lee@example.com.")));

        using var response = await PostAsync(host, Chat(model, stream: false));

        Assert.Equal("Mail ann.lee@example.com.", (await MessageAsync(response)).GetProperty("content").GetString());
        Assert.Equal("email=1", response.Headers.GetValues("x-output-filter").Single());
    }

    [Fact]
    public async Task A_flagged_answer_is_queued_for_review_once_however_it_came_and_no_more_once_it_is_allowed()
    {
        await using var host = await StartAsync(("OutputFilter__Blocklist__0", "project falcon"), ("OutputFilter__Actions__blocklist", "Flag"));
        const string Text = "We call it Project  Falcon \ud83e\udd85, mail ann.lee@example.com.";
        var whole = stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(200, Answer(Text)));
        var streamed = stubbed.Upstream.AddModel(Streamed(Text, 5));
        var key = await host.NewKeyAsync(); // reviews are by client

        await AskAsync(whole, stream: false);
        await AskAsync(streamed, stream: true);
        var review = await ReviewAsync(count: 2);
        Assert.Equal(
            ("answer", "flagged", "pending"),
            (review.GetProperty("source").GetString(), review.GetProperty("verdict").GetString(), review.GetProperty("status").GetString()));
        Assert.Equal(["blocklist"], review.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()));
        Assert.Equal((1.0, Text.Length), (review.GetProperty("score").GetDouble(), review.GetProperty("characters").GetInt32()));
        Assert.Equal("ChatCompletions", review.GetProperty("operation").GetString());

        var id = review.GetProperty("id").GetString();
        await host.ManageAsync(HttpMethod.Post, $"/manage/reviews/{id}", new { decision = "allow" }, HttpStatusCode.OK);
        await AskAsync(whole, stream: false);
        await Task.Delay(TimeSpan.FromSeconds(2.5), _cancelled); // the writer stores once a second
        Assert.Equal("allowed", (await ReviewAsync(count: 2)).GetProperty("status").GetString());

        async Task AskAsync(string model, bool stream)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/chat/completions", UriKind.Relative))
            {
                Content = new StringContent(Chat(model, stream), Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("api-key", key);
            using var response = await host.Http.SendAsync(request, _cancelled);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await response.Content.ReadAsStringAsync(_cancelled);
        }

        async Task<JsonElement> ReviewAsync(int count)
        {
            for (var tries = 0; ; tries++)
            {
                var list = (await host.ManageAsync(HttpMethod.Get, "/manage/reviews", null, HttpStatusCode.OK)).GetProperty("data").EnumerateArray().ToList();
                Assert.InRange(list.Count, 0, 1);
                if (list.Count == 1 && list[0].GetProperty("count").GetInt32() == count)
                {
                    return list[0];
                }

                Assert.True(tries < 200, "The review did not come.");
                await Task.Delay(100, _cancelled);
            }
        }
    }

    [Theory]
    [InlineData("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ann.lee@example.com\"}}\n\n")]
    [InlineData("data: ann.lee@example.com\n\n")]
    public async Task What_the_filter_cannot_read_does_not_leave(string broken)
    {
        var model = stubbed.Upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.SendTextAsync("Hello there ");
            await exchange.SendAsync(broken);
            await exchange.FinishAsync();
        });

        using var response = await PostAsync(stubbed.Host, Chat(model, stream: true));
        var raw = await response.Content.ReadAsStringAsync(_cancelled); // a 502 if nothing had left yet

        Assert.DoesNotContain("ann.lee", raw, StringComparison.Ordinal);
        Assert.Contains("\"error\":", raw.TrimEnd().Split("\n\n")[^1], StringComparison.Ordinal);
    }

    private static Func<StubExchange, Task> Streamed(string text, int piece) => async exchange =>
    {
        await exchange.StartStreamAsync();
        foreach (var part in text.Chunk(piece))
        {
            await exchange.SendTextAsync(new string(part));
        }

        await exchange.FinishAsync();
    };

    private static string Answer(string content, string more = "") =>
        $$"""{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":{{JsonSerializer.Serialize(content)}}},"finish_reason":"stop"{{more}}}]}""";

    private static string Chat(string model, bool stream, string? system = null) => JsonSerializer.Serialize(new
    {
        model,
        stream,
        messages = new[] { new { role = "system", content = system ?? "Be brief." }, new { role = "user", content = "Which books do you like?" } },
    });

    /// <summary>A server that judges violence as the service does.</summary>
    private static async Task<WebApplication> ContentSafetyAsync(Func<string, int> severity)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.MapPost("/contentsafety/text:analyze", (JsonElement question) =>
            new { categoriesAnalysis = new[] { new { category = "Violence", severity = severity(question.GetProperty("text").GetString()!) } } });
        await server.StartAsync();
        return server;
    }

    private static IEnumerable<JsonNode?> Deltas(string raw) => Chunks(raw).Select(chunk => chunk["choices"]?[0]?["delta"]);

    private static IEnumerable<JsonNode> Chunks(string raw) =>
        raw.Split("\n\n").Where(part => part.StartsWith("data: {", StringComparison.Ordinal)).Select(part => JsonNode.Parse(part[6..])!);

    private string Whole(string content) => Chat(stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(200, Answer(content))), stream: false);

    private async Task<(string Text, string? Finish)> TextAsync(FrontDoor host, string model, bool stream = true, string? system = null)
    {
        if (stream)
        {
            var (text, finish, _) = await StreamAsync(host, model, system);
            return (text, finish);
        }

        using var response = await PostAsync(host, Chat(model, stream: false, system));
        var choice = JsonElement.Parse(await response.Content.ReadAsStringAsync(_cancelled)).GetProperty("choices")[0];
        return (choice.GetProperty("message").GetProperty("content").GetString()!, choice.GetProperty("finish_reason").GetString());
    }

    private async Task<(string Text, string? Finish, string Raw)> StreamAsync(FrontDoor host, string model, string? system = null)
    {
        using var response = await PostAsync(host, Chat(model, stream: true, system));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var raw = await response.Content.ReadAsStringAsync(_cancelled);
        var text = string.Concat(Deltas(raw).Select(delta => (string?)delta?["content"]));
        var finish = Chunks(raw).Select(chunk => (string?)chunk["choices"]?[0]?["finish_reason"]).LastOrDefault(reason => reason is not null);
        return (text, finish, raw);
    }

    private async Task<JsonElement> MessageAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(_cancelled)).GetProperty("choices")[0].GetProperty("message");
    }

    private async Task<FrontDoor> StartAsync(params (string Name, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
            ["Upstreams__0__Name"] = "stub",
            ["Upstreams__0__Kind"] = "OpenAI",
            ["Upstreams__0__BaseUrl"] = stubbed.Upstream.BaseUrl,
            ["Upstreams__0__ApiKey"] = StubbedHost.UpstreamKey,
            ["Upstreams__0__Models__0"] = "*",
        };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return await FrontDoors.StartAsync(all);
    }

    private async Task<HttpResponseMessage> PostAsync(FrontDoor host, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/chat/completions", UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("api-key", await host.NewKeyAsync());
        return await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _cancelled);
    }
}
