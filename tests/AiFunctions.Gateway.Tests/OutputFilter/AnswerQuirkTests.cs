using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.OutputFilter.Answers;

namespace AiFunctions.Gateway.Tests.OutputFilter;

/// <summary>Answers of servers that take the format in their own way, as their clients must see them.</summary>
public class AnswerQuirkTests
{
    [Theory]
    [InlineData("\"id\":\"a\",\"type\":\"function\",", "\"id\":\"b\",\"type\":\"function\",")] // no index
    [InlineData("\"index\":0,\"id\":\"a\",", "\"index\":0,\"id\":\"b\",")] // all the first
    [InlineData("\"index\":null,\"id\":\"a\",", "\"index\":null,\"id\":\"b\",")]
    [InlineData("\"index\":\"0\",\"id\":\"a\",", "\"index\":\"1\",\"id\":\"b\",")]
    [InlineData("\"index\":0.0,\"id\":\"a\",", "\"index\":1.0,\"id\":\"b\",")]
    [InlineData("\"index\":0,", "\"index\":1,")]
    [InlineData("", "")] // only the name tells that another begins
    public void Each_tool_call_keeps_its_own_arguments(string first, string second)
    {
        var calls = new[] { (first, "{\\\"id\\\":12,\\\"to\\\":\\\"a@b", ".com\\\"}"), (second, "{\\\"id\\\":34,\\\"to\\\":\\\"c@d", ".com\\\"}") };
        var events = calls.SelectMany(call => new[]
        {
            Delta($"\"tool_calls\":[{{{call.Item1}\"function\":{{\"name\":\"f\",\"arguments\":\"{call.Item2}\"}}}}]"),
            Delta($"\"tool_calls\":[{{{call.Item1}\"function\":{{\"arguments\":\"{call.Item3}\"}}}}]"),
        });

        Assert.Equal(
            "{\"id\":12,\"to\":\"[REDACTED_EMAIL]\"}{\"id\":34,\"to\":\"[REDACTED_EMAIL]\"}",
            string.Concat(Deltas(Filtered.Events([.. events, Finish("tool_calls"), Done])).Select(Arguments)));
    }

    [Fact]
    public void Two_calls_in_one_event_are_two()
    {
        var written = Filtered.Events(
            [
                Delta(
                    "\"tool_calls\":[{\"id\":\"a\",\"function\":{\"arguments\":\"{\\\"x\\\":\\\"4111 1111\"}},"
                        + "{\"id\":\"b\",\"function\":{\"arguments\":\"1111 1111\"}}]"),
                Finish("stop"), Done,
            ]);

        Assert.DoesNotContain("REDACTED", written, StringComparison.Ordinal);
        Assert.Equal("{\"x\":\"4111 11111111 1111", string.Concat(Deltas(written).Select(Arguments)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("stop")]
    [InlineData("length")]
    public void A_reason_in_every_event_ends_nothing(string reason)
    {
        string[] pieces = ["All of this", " must", " arrive, but 4111 ", "1111 1111 ", "1111", " and a@b", ".com."];
        var written = Filtered.Events([.. pieces.Select(piece => Delta($"\"content\":\"{piece}\"", reason)), Done]);

        Assert.Equal("All of this must arrive, but [REDACTED_CREDIT_CARD] and [REDACTED_EMAIL].", Content(written));
    }

    [Fact]
    public void A_tool_call_after_the_reason_keeps_its_arguments()
    {
        var written = Filtered.Events(
            [
                Delta("\"content\":\"Let me look\"", "stop"),
                Delta("\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"arguments\":\"{\\\"a\\\":\\\"b\\\"}\"}}]"),
                Finish("tool_calls"), Done,
            ]);

        Assert.Equal("Let me look", Content(written));
        Assert.Contains("{\\\"a\\\":\\\"b\\\"}", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Held_text_leaves_in_the_event_that_ends_it()
    {
        var written = Filtered.Events([Delta("\"content\":\"Hello world\"", "stop"), Done]);

        Assert.Equal(Delta("\"content\":\"Hello world\"", "stop") + Done, written);
    }

    [Theory]
    [InlineData("\"reasoning_content\":\"Let me think\"", "\"content\":\"The answer\"", "\"reasoning_content\":\"Let me think\"", "\"content\":\"The answer\"")]
    [InlineData("\"reasoning\":\"hard\"", "\"content\":\"two\"", "\"reasoning\":\"hard\"", "\"content\":\"two\"")]
    [InlineData(
        "\"content\":\"I look\"", "\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]", "\"content\":\"I look\"", "\"tool_calls\"")]
    [InlineData(
        "\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"custom\":{\"name\":\"f\",\"input\":\"first word\"}}]",
        "\"tool_calls\":[{\"index\":1,\"id\":\"b\",\"custom\":{\"name\":\"f\",\"input\":\"second text\"}}]", "first word", "second text")]
    [InlineData(
        "\"reasoning_details\":[{\"index\":0,\"type\":\"reasoning.text\",\"text\":\"deep thought\"}]", "\"content\":\"shallow\"", "deep thought", "shallow")]
    public void A_text_is_complete_when_a_later_one_begins(string first, string second, string firstSeen, string secondSeen)
    {
        var written = Filtered.Events([Delta(first), Delta(second), Finish("stop"), Done]);
        var seen = string.Concat(Deltas(written).Select(delta => delta.GetRawText()));
        var lastOfFirst = seen.LastIndexOf(firstSeen.Split(' ')[^1].TrimEnd('"'), StringComparison.Ordinal);

        Assert.True(lastOfFirst >= 0 && lastOfFirst < seen.IndexOf(secondSeen.Split(' ')[0].TrimEnd('"'), StringComparison.Ordinal), seen);
    }

    [Fact]
    public void Texts_that_run_side_by_side_are_held_as_ever()
    {
        string[] pieces = ["pay 4111 ", "1111 1111 ", "1111 now"];
        var written = Filtered.Events(
            [
                .. pieces.Select(piece => Delta(
                    $"\"reasoning\":\"{piece}\",\"reasoning_details\":[{{\"index\":0,\"type\":\"reasoning.text\",\"text\":\"{piece}\"}}]")),
                Finish("stop"), Done,
            ]);

        Assert.DoesNotContain("4111", written, StringComparison.Ordinal);
    }

    /// <summary>What a server mixes that models write one after the other: some of it may leave early, but no match in whole.</summary>
    [Theory]
    [InlineData("my card 4111 1111 ", "1111 1111 thanks", "my card 4111 1111 ", "[REDACTED_CREDIT_CARD] thanks")]
    [InlineData("mail jane.roe@corp", ".example now", "mail jane.roe@corp", "[REDACTED_EMAIL] now")]
    [InlineData("no match ", "at all here", "no match ", "at all here")]
    [InlineData("mail a@b.com", " and c@d.com or so", "mail [REDACTED_EMAIL]", " and [REDACTED_EMAIL] or so")]
    [InlineData("x &#", "52;111 1111 1111 1111 y", "x &#", "52;111 1111 1111 1111 y")] // an escape in two pieces is none
    public void A_text_that_goes_on_after_a_later_one_began_is_redacted_from_there(string first, string more, string firstSeen, string moreSeen)
    {
        var written = Filtered.Events(
            [
                Delta($"\"reasoning\":\"{first}\""), Delta("\"content\":\"So. \""), Delta($"\"reasoning\":\"{more}\""), Delta("\"content\":\"There.\""),
                Finish("stop"), Done,
            ]);
        var seen = Deltas(written).Where(delta => delta.TryGetProperty("reasoning", out _)).Select(delta => delta.GetProperty("reasoning").GetString());

        Assert.Equal(firstSeen + moreSeen, string.Concat(seen));
        Assert.Equal("So. There.", Content(written));
    }

    [Theory]
    [InlineData("signature")]
    [InlineData("thought_signature")]
    [InlineData("encrypted_content")]
    public void A_signature_leaves_whole_in_its_own_event(string name)
    {
        var signature = string.Concat(Enumerable.Repeat("QWxhZGRpbjpvcGVuIHNlc2FtZQ/+9zX4111111111111111", 12));
        var first = Delta(
            $"\"tool_calls\":[{{\"index\":0,\"id\":\"a\",\"extra_content\":{{\"google\":{{\"{name}\":\"{signature}\"}}}},"
                + $"\"function\":{{\"name\":\"f\",\"arguments\":\"{{}}\"}}}}]");

        Assert.StartsWith(first, Filtered.Events([first, Finish("tool_calls"), Done]), StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_leaves_whole_in_its_own_event()
    {
        var image = string.Concat(Enumerable.Repeat("iVBORw0KGgoAAAANSUhEUg+/x", 400));
        var first = Delta($"\"images\":[{{\"type\":\"image_url\",\"image_url\":{{\"url\":\"data:image/png;base64,{image}\"}}}}]");

        Assert.StartsWith(first, Filtered.Events([first, Finish("stop"), Done]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"card\":4111111111111111}", "{\"card\":\"[REDACTED_CREDIT_CARD]\"}")]
    [InlineData("{\"to\":\"a@b.com\",\"n\":[1,-4111111111111111]}", "{\"to\":\"[REDACTED_EMAIL]\",\"n\":[1,\"[REDACTED_CREDIT_CARD]\"]}")]
    public void What_was_to_be_json_stays_json(string answer, string expected)
    {
        var quoted = JsonSerializer.Serialize(answer);
        var whole = new AnswerFilter(new ChatAnswerReader(Filtered.Policy, null, isJson: true), Filtered.Policy);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        Assert.True(whole.TryFilterJson(Encoding.UTF8.GetBytes($"{{\"choices\":[{{\"message\":{{\"content\":{quoted}}}}}]}}"), output));
        Assert.Equal(expected, JsonElement.Parse(output.WrittenSpan).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());

        for (var size = 1; size < 8; size++)
        {
            var streamed = new AnswerFilter(new ChatAnswerReader(Filtered.Policy, null, isJson: true), Filtered.Policy);
            var events = answer.Chunk(size).Select(piece => Delta($"\"content\":{JsonSerializer.Serialize(new string(piece))}"));
            Assert.Equal(expected, Content(Filtered.Events(streamed, [.. events, Finish("stop"), Done])));
        }
    }

    [Fact]
    public void Held_text_has_the_id_of_the_first_event_that_has_one()
    {
        var written = Filtered.Events(
            [
                "data: {\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\",\"prompt_filter_results\":[]}\n\n",
                "data: {\"id\":\"\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}\n\n",
                Delta("\"content\":\"Hello world\""), Finish("stop"), Done,
            ]);

        Assert.Equal("Hello world", Content(written));
        Assert.All(Objects(written).Skip(2), each => Assert.Equal("x", each.GetProperty("id").GetString()));
    }

    [Fact]
    public void The_rest_of_a_typed_part_has_its_type()
    {
        var written = Filtered.Events([Delta("\"content\":[{\"type\":\"text\",\"text\":\"Hello world\"}]"), Finish("stop"), Done]);

        Assert.Equal(2, Deltas(written).Count(delta => delta.TryGetProperty("content", out var content) && content[0].GetProperty("type").GetString() == "text"));
    }

    [Theory]
    [InlineData("{\"citations\":[\"a@b.com\"],\"choices\":[]}")]
    [InlineData("{\"related_questions\":[{\"q\":[\"a@b.com\"]}],\"choices\":[]}")]
    [InlineData("{\"message\":\"a@b.com\",\"choices\":[]}")]
    [InlineData("{\"id\":\"a@b.com\",\"choices\":[]}")]
    [InlineData("{\"a@b.com\":1,\"choices\":[]}")]
    [InlineData("{\"x\":{\"a@b.com\":[]},\"choices\":[]}")]
    [InlineData("{\"usage\":{\"note\":\"a@b.com\"},\"choices\":[]}")]
    [InlineData("{\"choices\":[{\"message\":{\"a@b.com\":{}}}]}")]
    [InlineData("{\"choices\":[{\"message\":{\"annotations\":[{\"url_citation\":{\"title\":\"a@b.com\"}}]}}]}")]
    [InlineData("{\"choices\":[{\"message\":{\"tool_calls\":[{\"id\":\"a@b.com\",\"function\":{\"name\":\"a@b.com\",\"arguments\":\"{}\"}}]}}]}")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":[{\"type\":\"a@b.com\",\"data\":\"a@b.com\"}]}}]}")]
    [InlineData("{\"choices\":[{\"message\":{\"logprobs\":{\"content\":[{\"token\":\"a@b.com\"}]}}}]}")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"a@b.com\"}]}")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\",\"stop_reason\":\"a\\u0040b.com\"}]}")]
    public void What_is_not_known_to_be_harmless_is_text(string answer)
    {
        Assert.DoesNotContain("b.com", Filtered.Json(answer), StringComparison.Ordinal);
        var streamed = answer.Replace("message\":{", "delta\":{", StringComparison.Ordinal);
        Assert.DoesNotContain("b.com", Filtered.Events([$"data: {streamed}\n\n", Done]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chatcmpl-4111111111111111")]
    [InlineData("function-call-5555555555554444")]
    [InlineData("call_0123456789abcdef0123456789abcdef")]
    public void Digits_of_an_id_are_no_card(string id)
    {
        var answer = $"{{\"id\":\"{id}\",\"choices\":[{{\"message\":{{\"tool_calls\":[{{\"id\":\"{id}\",\"function\":{{\"name\":\"f\",\"arguments\":\"{{}}\"}}}}]}}}}]}}";

        Assert.Equal(answer, Filtered.Json(answer));
    }

    private const string Done = "data: [DONE]\n\n";

    private static string Delta(string members, string? reason = null) =>
        $"data: {{\"id\":\"x\",\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{{{members}}},\"finish_reason\":{(reason is null ? "null" : $"\"{reason}\"")}}}]}}\n\n";

    private static string Finish(string reason) => Delta("", reason);

    private static IEnumerable<JsonElement> Objects(string events) =>
        events.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonElement.Parse(line["data: ".Length..]));

    private static IEnumerable<JsonElement> Deltas(string events) =>
        Objects(events).SelectMany(each => each.GetProperty("choices").EnumerateArray()).Select(choice => choice.GetProperty("delta"));

    private static string Content(string events) =>
        string.Concat(Deltas(events).Select(delta => delta.TryGetProperty("content", out var content) ? content.GetString() : ""));

    private static string Arguments(JsonElement delta) => !delta.TryGetProperty("tool_calls", out var calls)
        ? ""
        : string.Concat(calls.EnumerateArray().Select(call => call.GetProperty("function").TryGetProperty("arguments", out var arguments) ? arguments.GetString() : ""));
}
