using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>Invisible characters in any number, written out or not, hide nothing of what a model server says, and cost nothing of it.</summary>
public abstract class InvisibleTextTests(StubbedHost stubbed) : IClassFixture<StubbedHost>
{
    private const int Count = 33_000;
    private const int Piece = 4_000;

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\u200B", false)]
    [InlineData("\u200B", true)]
    [InlineData("&#8203;", false)]
    [InlineData("&#8203;", true)]
    [InlineData("\\u200b", false)]
    [InlineData("\\u200b", true)]
    public async Task An_address_behind_any_number_of_them_is_redacted_and_the_rest_stays(string form, bool stream)
    {
        var run = string.Concat(Enumerable.Repeat(form, Count));
        var text = $"Hello, {run}ann.lee@example.com and 4111 1111 {run}1111 1111, bye.";
        var arguments = JsonSerializer.Serialize(new { text, n = 1 });
        var model = stubbed.Upstream.AddModel(exchange => stream ? StreamAsync(exchange, text, arguments) : exchange.RespondAsync(200, Answer(text, arguments)));

        var (content, call) = await AskAsync(model, stream);

        var expected = $"Hello, {run}[REDACTED_EMAIL] and [REDACTED_CREDIT_CARD], bye.";
        Assert.True(expected == content, $"{content.Length} characters end in {content[^Math.Min(100, content.Length)..]}");
        var argument = (string?)JsonNode.Parse(call)?["text"] ?? "";
        Assert.True(expected == argument, $"{argument.Length} characters end in {argument[^Math.Min(100, argument.Length)..]}");
    }

    private static string Answer(string content, string arguments) => JsonSerializer.Serialize(new
    {
        id = "x",
        choices = new[]
        {
            new { index = 0, message = new { role = "assistant", content, tool_calls = new[] { Call(arguments) } }, finish_reason = "tool_calls" },
        },
    });

    private static object Call(string arguments) => new { index = 0, id = "call_1", type = "function", function = new { name = "send", arguments } };

    private static async Task StreamAsync(StubExchange exchange, string content, string arguments)
    {
        await exchange.StartStreamAsync();
        foreach (var part in content.Chunk(Piece))
        {
            await exchange.SendTextAsync(new string(part));
        }

        await exchange.SendChunkAsync(new { tool_calls = new[] { Call("") } });
        foreach (var part in arguments.Chunk(Piece))
        {
            await exchange.SendChunkAsync(new { tool_calls = new[] { new { index = 0, function = new { arguments = new string(part) } } } });
        }

        await exchange.FinishAsync("tool_calls");
    }

    private async Task<(string Content, string Arguments)> AskAsync(string model, bool stream)
    {
        var body = JsonSerializer.Serialize(new { model, stream, messages = new[] { new { role = "user", content = "Which books do you like?" } } });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/chat/completions", UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("api-key", await stubbed.Host.NewKeyAsync());
        using var response = await stubbed.Host.Http.SendAsync(request, _cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var raw = await response.Content.ReadAsStringAsync(_cancelled);
        var messages = stream
            ? raw.Split("\n\n").Where(part => part.StartsWith("data: {", StringComparison.Ordinal)).Select(part => JsonNode.Parse(part[6..])!["choices"]?[0]?["delta"])
            : [JsonNode.Parse(raw)!["choices"]?[0]?["message"]];
        var (content, arguments) = (new StringBuilder(), new StringBuilder());
        foreach (var message in messages)
        {
            content.Append((string?)message?["content"]);
            arguments.Append((string?)message?["tool_calls"]?[0]?["function"]?["arguments"]);
        }

        return (content.ToString(), arguments.ToString());
    }
}
