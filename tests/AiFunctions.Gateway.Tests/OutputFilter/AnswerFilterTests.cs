using System.Buffers;
using System.Text;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Answers;

namespace AiFunctions.Gateway.Tests.OutputFilter;

public class AnswerFilterTests
{
    [Theory]
    [InlineData(
        "{\"id\":\"a-1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi\\u00e9 there\"},"
            + "\"finish_reason\":\"stop\"}],\"usage\":{\"total_tokens\":1}}")]
    [InlineData("{ \"choices\" : [ { \"message\" : { \"content\" : null, \"annotations\":[{\"url\":\"http://a/?b\"}] }, \"logprobs\" : null } ] }")]
    [InlineData(
        "{\"choices\":[{\"message\":{\"content\":\"a\\/b \\ud83d\\ude00 ok\",\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\","
            + "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"n\\\": 1.50}\"}}]},\"content_filter_results\":{\"x\":\"safe\"}}]}")]
    [InlineData("{\"error\":{\"message\":\"x\"}}")]
    public void A_clean_answer_leaves_byte_for_byte(string json) => Assert.Equal(json, Filtered.Json(json));

    [Fact]
    public void All_texts_of_all_choices_are_filtered() => Assert.Equal(
        "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"[REDACTED_EMAIL]\",\"refusal\":\"[REDACTED_EMAIL]\","
            + "\"reasoning_content\":\"[REDACTED_EMAIL]\",\"function_call\":{\"name\":\"f\","
            + "\"arguments\":\"{\\\"a\\\":\\\"[REDACTED_EMAIL]\\\",\\\"b\\\":\\\"[REDACTED_CREDIT_CARD]\\\"}\"}},\"logprobs\":null},"
        + "{\"index\":1,\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"x [REDACTED_EMAIL]\"}],"
            + "\"audio\":{\"data\":\"YUBiLmNvbQ\",\"transcript\":\"[REDACTED_EMAIL]\"},\"new_member\":{\"deep\":[\"[REDACTED_EMAIL]\"]}}},"
            + "{\"index\":2,\"text\":\"[REDACTED_SSN]\"}]}",
        Filtered.Json(
            "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\\u0040b.com\",\"refusal\":\"a@b.com\","
                + "\"reasoning_content\":\"a@b.com\",\"function_call\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\\\"a\\\\u0040b.com\\\","
                + "\\\"b\\\":4111111111111111}\"}},\"logprobs\":{\"content\":[{\"token\":\"a@b.com\"}]}},"
            + "{\"index\":1,\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"x a@b.com\"}],\"audio\":{\"data\":\"YUBiLmNvbQ\","
                + "\"transcript\":\"a@b.com\"},\"new_member\":{\"deep\":[\"a@b.com\"]}}},{\"index\":2,\"text\":\"123-45-6789\"}]}"));

    [Fact]
    public void A_stream_is_held_no_longer_than_a_word()
    {
        var filter = Filtered.Chat(Filtered.Policy);
        var seen = new List<string>();
        foreach (var word in new[] { "The", " quick", " fox", ".\\n" })
        {
            seen.Add(Write(filter, Delta($"\"content\":\"{word}\"")));
        }

        Assert.Equal([Delta("\"content\":\"\""), Delta("\"content\":\"The \""), Delta("\"content\":\"quick \""), Delta("\"content\":\"fox.\\n\"")], seen);
    }

    [Fact]
    public void An_event_that_need_not_change_leaves_byte_for_byte()
    {
        foreach (var sseEvent in new[] { Delta("\"content\":\"Hi, \\u00fc \""), Delta("\"role\":\"assistant\""), "data: [DONE]\n\n", "data:{\"choices\":[]}\r\n\r\n" })
        {
            Assert.Equal(sseEvent, Filtered.Events([sseEvent]));
        }
    }

    [Fact]
    public void Held_text_leaves_before_the_finish_reason_in_a_chunk_of_the_same_answer() => Assert.Equal(
        Delta("\"content\":\"Write to \"")
        + "data: {\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"[REDACTED_EMAIL]\"},\"finish_reason\":null}]}\n\n"
        + Finish("stop") + "data: [DONE]\n\n",
        Filtered.Events([Delta("\"content\":\"Write to a@b.com\""), Finish("stop"), "data: [DONE]\n\n"]));

    [Fact]
    public void Held_arguments_leave_in_their_tool_call() => Assert.Equal(
        Delta("\"tool_calls\":[{\"index\":2,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\\\"\"}}]")
        + "data: {\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":2,"
            + "\"function\":{\"arguments\":\"bc\"}}]},\"finish_reason\":null}]}\n\n"
        + Finish("length"),
        Filtered.Events([Delta("\"tool_calls\":[{\"index\":2,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\\\"bc\"}}]"), Finish("length")]));

    [Fact]
    public void A_block_ends_its_choice_and_no_other()
    {
        var policy = Filtered.With(["falcon"]);
        var written = Filtered.Events(
            [
                Delta("\"content\":\"On falcon: a lot \""), Delta("\"content\":\"of words \""), Delta("\"content\":\"other \"", 1),
                Finish("stop"), Finish("length", 1), "data: [DONE]\n\n",
            ],
            policy);

        Assert.Equal(
            Delta("\"content\":\"On \"") + Delta("\"content\":\"\"") + Delta("\"content\":\"other \"", 1) + Finish("content_filter")
                + Finish("length", 1) + "data: [DONE]\n\n",
            written);
    }

    [Fact]
    public void A_blocked_stream_without_a_finish_reason_gets_one() => Assert.EndsWith(
        "data: {\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\ndata: [DONE]\n\n",
        Filtered.Events([Delta("\"content\":\"On falcon: \""), "data: [DONE]\n\n"], Filtered.With(["falcon"])),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(
        "event: x\nid: 7\ndata: {\"choices\":[{\"delta\":{\"content\":\"a@b.com \"}}]}\nretry: 1\n\n",
        "event: x\nid: 7\ndata: {\"choices\":[{\"delta\":{\"content\":\"[REDACTED_EMAIL] \"}}]}\nretry: 1\n\n")]
    [InlineData(": sign of life\ndata: {\"choices\":[]}\n\n", ": sign of life\ndata: {\"choices\":[]}\n\n")]
    [InlineData("data:\ndata: {\"choices\":[]}\n\n", "data:  {\"choices\":[]}\n\n")]
    [InlineData("event: ping\n\n", "event: ping\n\n")]
    [InlineData("data:\n\n", "data:\n\n")]
    [InlineData(": hello\r\n\r\n", ": hello\r\n\r\n")]
    [InlineData("a line of its own, a@b.com\n\n", "")]
    [InlineData("data: {\"choices\":[]}\na line of its own, a@b.com\n\n", "data: {\"choices\":[]}\n\n")]
    public void Other_lines_of_an_event_stay(string sseEvent, string expected) => Assert.Equal(expected, Filtered.Events([sseEvent]));

    [Fact]
    public void Data_of_several_lines_is_one_object()
    {
        Assert.Equal(
            "data: {\"choices\":[{\"delta\": {\"content\":\"[REDACTED_EMAIL] \"}}]}\n\n",
            Filtered.Events(["event: x\ndata: {\"choices\":[{\"delta\":\ndata: {\"content\":\"a@b.com \"}}]}\n\n"]));
    }

    [Theory]
    [InlineData("data: a@b.com\n\n")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"a@b.com\"}}\n\n")]
    [InlineData("data: {\"choices\":{\"delta\":{\"content\":\"a@b.com\"}}}\n\n")]
    [InlineData("data: {\"choices\":[\"a@b.com\"]}\n\n")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"a@b.com\"}}]} a@b.com\n\n")]
    [InlineData("data: [\"a@b.com\"]\n\n")]
    public void What_cannot_be_understood_does_not_leave(string sseEvent)
    {
        var output = new ArrayBufferWriter<byte>();
        var filter = Filtered.Chat(Filtered.Policy);

        Assert.Throws<GatewayException>(() => filter.TryWriteEvent(Encoding.UTF8.GetBytes(sseEvent), output));
        Assert.Throws<GatewayException>(() => filter.TryWriteEvent(Encoding.UTF8.GetBytes(Delta("\"content\":\"x\"")), output));
        Assert.Throws<GatewayException>(() => filter.Complete(output));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void A_fault_at_any_event_lets_nothing_more_out()
    {
        string[] events =
        [
            Delta("\"content\":\"Mail a@\""), Delta("\"content\":\"b.com or \""), Delta("\"content\":\"c@d.com \""),
            Delta("\"content\":\"now\""), Finish("stop"), "data: [DONE]\n\n",
        ];
        for (var fault = 0; fault < 4; fault++)
        {
            var texts = 0;
            var filter = Filtered.Chat(Filtered.Policy, beforeText: () => Assert.NotEqual(fault, texts++));
            var output = new ArrayBufferWriter<byte>();
            var failed = 0;
            foreach (var each in events)
            {
                var before = output.WrittenCount;
                try
                {
                    filter.TryWriteEvent(Encoding.UTF8.GetBytes(each), output);
                }
                catch (GatewayException e)
                {
                    failed++;
                    Assert.Equal("internal_error", e.Error.Code);
                    Assert.DoesNotContain("@", e.ToString(), StringComparison.Ordinal);
                    Assert.Equal(before, output.WrittenCount);
                }
            }

            Assert.Equal(events.Length - fault, failed);
            Assert.DoesNotContain("@", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Any_bytes_are_filtered_or_refused()
    {
        var random = new Random(5);
        var sample = Encoding.UTF8.GetBytes(
            Delta("\"content\":\"a\\u0040b.com \\ud83d ü\",\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\":1}\"}}]")
                + "data: [DONE]\n\n");
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = sample.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var output = new ArrayBufferWriter<byte>();
            try
            {
                Filtered.Chat(Filtered.Policy).TryWriteEvent(bytes, output);
            }
            catch (GatewayException)
            {
                Assert.Equal(0, output.WrittenCount);
            }
        }
    }

    [Fact]
    public void Counts_are_told_for_the_header()
    {
        var filter = Filtered.Chat(Filtered.Policy);
        filter.TryFilterJson(Encoding.UTF8.GetBytes("{\"choices\":[{\"message\":{\"content\":\"a@b.com 123-45-6789 or 123-45-6780\"}}]}"), new ArrayBufferWriter<byte>());

        Assert.Equal("email=1, ssn=2", filter.Counts.ToHeader());
    }

    [Fact]
    public void With_nothing_to_alter_probabilities_pass()
    {
        var policy = Filtered.With([.. Enum.GetValues<OutputCategory>().Select(each => (each.Name(), "Flag"))]);
        const string Answer = "{\"choices\":[{\"message\":{\"content\":\"a@b.com\"},\"logprobs\":{\"content\":[{\"token\":\"a@b.com\"}]}}]}";

        Assert.Equal(Answer, Filtered.Json(Answer, policy));
    }

    private static string Delta(string members, int index = 0) =>
        $"data: {{\"id\":\"x\",\"model\":\"m\",\"choices\":[{{\"index\":{index},\"delta\":{{{members}}},\"finish_reason\":null}}]}}\n\n";

    private static string Finish(string reason, int index = 0) =>
        $"data: {{\"id\":\"x\",\"model\":\"m\",\"choices\":[{{\"index\":{index},\"delta\":{{}},\"finish_reason\":\"{reason}\"}}]}}\n\n";

    private static string Write(AnswerFilter filter, string sseEvent)
    {
        var output = new ArrayBufferWriter<byte>();
        filter.TryWriteEvent(Encoding.UTF8.GetBytes(sseEvent), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
