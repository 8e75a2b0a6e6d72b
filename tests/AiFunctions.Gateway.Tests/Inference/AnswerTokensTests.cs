using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.Tests.Tokens;
using AiFunctions.Gateway.Tokens;
using CsCheck;

namespace AiFunctions.Gateway.Tests.Inference;

public class AnswerTokensTests : IClassFixture<LoadedVocabulary>
{
    private const string Delta = "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]";
    private const string Usage = "{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7,\"details\":{\"total_tokens\":1}}";

    [Theory]
    [InlineData("data: {" + Delta + ",\"usage\":null}\n\n", "data: {" + Delta + "}\n\n")]
    [InlineData("data: {" + Delta + " , \"usage\" : null , \"x\":1 }\r\n\r\n", "data: {" + Delta + " , \"x\":1 }\r\n\r\n")]
    [InlineData("data: { \"usage\":null , " + Delta + "}\n\n", "data: {  " + Delta + "}\n\n")]
    [InlineData("data: { \"usage\":" + Usage + " }\n\n", "data: {  }\n\n")]
    [InlineData("id: 7\ndata:{\"a\":1,\"usage\":" + Usage + "," + Delta + "}\nretry: 1\n\n", "id: 7\ndata:{\"a\":1," + Delta + "}\nretry: 1\n\n")]
    [InlineData("data: {\"us\\u0061ge\":null," + Delta + "}\n\n", "data: {" + Delta + "}\n\n")]
    [InlineData("data: {\"choices\":[ ],\"usage\":" + Usage + "}\n\n", "")]
    [InlineData("data: {\"choices\":[],\"prompt_filter_results\":[],\"usage\":null}\n\n", "data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"usage\":null}}]}\n\n", null)]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"\\\"usage\\\":null\"}}]}\n\n", null)]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"\\ud83d\"}}],\"\\ud83d\":1}\n\n", null)]
    [InlineData("data: {\"usage\":null\n\n", null)]
    [InlineData("data: [DONE]\n\n", null)]
    [InlineData("data: {}\n\n", null)]
    [InlineData("data:\n\n", null)]
    [InlineData(": {\"usage\":null}\n\n", null)]
    [InlineData("\n", null)]
    public void A_usage_that_was_not_asked_for_is_taken_out(string sseEvent, string? expected)
    {
        Assert.Equal(expected ?? sseEvent, Write(sseEvent, keepUsage: false));
        Assert.Equal(sseEvent, Write(sseEvent, keepUsage: true));
    }

    [Fact]
    public void What_is_left_is_json_with_all_its_other_members() =>
        Gen.Select(
            Gen.Select(
                Gen.OneOf<string>("\"id\"", "\"choices\"", "\"ü\\n\"", "\"x\""),
                Gen.OneOf<string>("1.0", "\"a\\\"}\"", "[ {\"delta\":{\"usage\":null}} ]", "{}")).Array[0, 4],
            Gen.Int[0, 4],
            Gen.OneOf<string>("null", "{}", Usage, "{\"total_tokens\" : null}", "7"),
            Gen.OneOf<string>("", " ", "\t"),
            Gen.OneOf<string>("\n\n", "\r\n\r\n", "\r\r")).Sample(
            (members, at, usage, space, end) =>
            {
                var others = members.DistinctBy(member => member.Item1).Select(member => $"{space}{member.Item1}{space}:{member.Item2}{space}").ToList();
                var all = others.ToList();
                all.Insert(Math.Min(at, all.Count), $"{space}\"usage\"{space}:{usage}{space}");
                var written = Write($"data: {{{string.Join(',', all)}}}{end}", keepUsage: false);

                Assert.StartsWith("data: ", written, StringComparison.Ordinal);
                Assert.EndsWith(end, written, StringComparison.Ordinal);
                var left = JsonElement.Parse(written["data: ".Length..^end.Length]);
                Assert.Equal(
                    JsonElement.Parse($"{{{string.Join(',', others)}}}").EnumerateObject().Select(member => member.ToString()),
                    left.EnumerateObject().Select(member => member.ToString()));
            },
            iter: 20_000);

    [Theory]
    [InlineData("\"usage\":" + Usage, 7)]
    [InlineData("\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}", 7)]
    [InlineData("\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":9}", 9)]
    [InlineData("\"usage\":{\"total_tokens\":500000}", 500_000)]
    [InlineData("\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}", 10 + 2)]
    [InlineData("\"usage\":{\"total_tokens\":-5}", 10 + 2)]
    [InlineData("\"usage\":{\"total_tokens\":\"many\",\"prompt_tokens\":1.5}", 10 + 2)]
    [InlineData("\"usage\":null", 10 + 2)]
    [InlineData("\"usage\":[1]", 10 + 2)]
    [InlineData("\"x\":1", 10 + 2)]
    public void Reported_usage_counts_and_else_an_estimate(string usage, long expected)
    {
        Assert.Equal(expected, Settle(tokens => tokens.Read(Encoding.UTF8.GetBytes("{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"hi\"}}]," + usage + "}"))));
        Assert.Equal(expected, Settle(tokens =>
        {
            Send(tokens, "data: {" + Delta + "}\n\n");
            Send(tokens, "data: {\"choices\":[]," + usage + "}\n\n");
        }));
        Assert.Equal(expected, Settle(tokens =>
        {
            Send(tokens, "data: {" + Delta + "," + usage + "}\n\n");
            Send(tokens, "data: [DONE]\n\n");
        }));
    }

    [Fact]
    public void A_running_report_that_breaks_off_does_not_count_below_what_was_received() =>
        Assert.Equal(10 + 2, Settle(tokens => Send(tokens, "data: {" + Delta + ",\"usage\":{\"total_tokens\":1}}\n\n")));

    [Theory]
    [InlineData("{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"four\"},\"finish_reason\":\"stop\"}],\"id\":\"x\"}", 4)]
    [InlineData("{\"choices\":[{\"delta\":{\"refusal\":\"four\"}},{\"delta\":{\"reasoning_content\":\"\\u00fc\\n\"}}]}", 7)]
    [InlineData("{\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"call\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}", 3)]
    [InlineData(
        "{\"choices\":[{\"delta\":{\"content\":\"four\"},\"logprobs\":{\"content\":[{\"token\":\"four\"}]},"
            + "\"content_filter_results\":{\"hate\":{\"severity\":\"safe\"}}}]}",
        4)]
    [InlineData("{\"choices\":[]}", 0)]
    [InlineData("{}", 0)]
    public void All_text_of_an_answer_is_counted(string chunk, long expected) =>
        Assert.Equal(10 + expected, Settle(tokens => Send(tokens, "data: " + chunk + "\n\n")));

    [Fact]
    public void Half_a_surrogate_pair_is_counted_and_does_no_harm() =>
        Assert.InRange(Settle(tokens => Send(tokens, "data: {\"choices\":[{\"delta\":{\"content\":\"\\ud83d\"}}]}\n\n")), 11, 100);

    private static string Write(string sseEvent, bool keepUsage)
    {
        using var use = new TokenUse(new FakeTokenBudget(), 1, 2, CancellationToken.None);
        return Send(new AnswerTokens(new ChatAnswerFormat(), LoadedVocabulary.Estimator(), TokenizerFamily.O200k, use, keepUsage), sseEvent);
    }

    private static string Send(AnswerTokens tokens, string sseEvent)
    {
        var output = new ArrayBufferWriter<byte>();
        tokens.WriteEvent(Encoding.UTF8.GetBytes(sseEvent), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    // With a prompt of 10 and a reservation of 100; of an unknown tokenizer, so that a byte is a token.
    private static long Settle(Action<AnswerTokens> answer)
    {
        var budget = new FakeTokenBudget();
        using (var use = new TokenUse(budget, 10, 100, CancellationToken.None))
        {
            use.Begin();
            answer(new AnswerTokens(new ChatAnswerFormat(), LoadedVocabulary.Estimator(), TokenizerFamily.Unknown, use, keepUsage: false));
        }

        return Assert.Single(budget.Settled);
    }
}
