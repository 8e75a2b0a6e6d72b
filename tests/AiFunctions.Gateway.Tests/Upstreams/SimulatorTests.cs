using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.Upstreams.Simulator;
using CsCheck;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.Upstreams;

public class SimulatorTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task It_says_that_it_is_the_simulator_and_what_it_was_asked()
    {
        using var answer = JsonDocument.Parse(await AskAsync("""{"model":"gpt-4o","messages":[{"role":"user","content":"Good day to you"}]}"""));
        var root = answer.RootElement;

        Assert.Equal("simulator", root.GetProperty("model").GetString());
        Assert.Equal("You asked: Good day to you", Text(root));
        Assert.Equal("stop", root.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal((4, 6, 10), Usage(root));
    }

    [Fact]
    public async Task The_same_question_gets_the_same_answer()
    {
        const string Request = """{"model":"m","messages":[{"role":"user","content":"Hi"}]}""";

        Assert.Equal(await AskAsync(Request), await AskAsync(Request));
    }

    [Fact]
    public async Task Max_tokens_and_n_are_honoured()
    {
        using var answer = JsonDocument.Parse(await AskAsync("""{"model":"m","n":3,"max_tokens":2,"messages":[{"role":"user","content":"a b c"}]}"""));

        Assert.Equal(3, answer.RootElement.GetProperty("choices").GetArrayLength());
        Assert.All(answer.RootElement.GetProperty("choices").EnumerateArray(), choice =>
        {
            Assert.Equal("You asked:", choice.GetProperty("message").GetProperty("content").GetString());
            Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        });
        Assert.Equal((3, 6, 9), Usage(answer.RootElement));
    }

    [Fact]
    public async Task It_calls_the_tool_that_it_is_told_to_call()
    {
        const string Tool =
            """{"type":"function","function":{"name":"look_up","parameters":{"type":"object","properties":{"what":{"type":"string"},"times":{"type":"integer"}}}}}""";
        using var answer = JsonDocument.Parse(await AskAsync(
            """{"model":"m","tools":[""" + Tool + """],"tool_choice":"required","messages":[{"role":"user","content":"the word"}]}"""));
        var choice = answer.RootElement.GetProperty("choices")[0];
        var function = choice.GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function");

        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        Assert.Equal("look_up", function.GetProperty("name").GetString());
        Assert.Equal("""{"what":"the word","times":1}""", function.GetProperty("arguments").GetString());
    }

    [Fact]
    public void A_stream_says_the_same_as_a_whole_answer() =>
        Gen.Select(Gen.String[Gen.Char[" \n\tabcü😀\""], 0, 40], Gen.Int[1, 3], Gen.Int[1, 9]).Sample((text, n, most) =>
        {
            text = text.Replace("\ud83d", "", StringComparison.Ordinal).Replace("\ude00", "", StringComparison.Ordinal);
            var request =
                $$$"""{"model":"m","n":{{{n}}},"max_tokens":{{{most}}},"messages":[{"role":"user","content":{{{JsonSerializer.Serialize(text)}}}}]"""
                + ""","stream":STREAM,"stream_options":{"include_usage":true}}""";
            using var whole = JsonDocument.Parse(Answer(request.Replace("STREAM", "false", StringComparison.Ordinal)).ToJson());
            var events = Answer(request.Replace("STREAM", "true", StringComparison.Ordinal)).ToEvents().Select(Encoding.UTF8.GetString).ToList();
            var chunks = events[..^1].ConvertAll(chunk => JsonDocument.Parse(chunk).RootElement);

            Assert.Equal("[DONE]", events[^1]);
            Assert.Equal(Usage(whole.RootElement), Usage(chunks[^1]));
            for (var i = 0; i < n; i++)
            {
                var deltas = chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray()).Where(choice => choice.GetProperty("index").GetInt32() == i).ToList();
                Assert.Equal(
                    whole.RootElement.GetProperty("choices")[i].GetProperty("message").GetProperty("content").GetString(),
                    string.Concat(deltas.Select(choice => choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : "")));
                Assert.Equal(
                    whole.RootElement.GetProperty("choices")[i].GetProperty("finish_reason").GetString(),
                    deltas[^1].GetProperty("finish_reason").GetString());
            }
        });

    [Fact]
    public async Task A_stream_comes_word_by_word_in_its_own_time()
    {
        using var http = new HttpMessageInvoker(new SimulatorHandler(Model(100)));
        using var request = Request("""{"model":"m","stream":true,"messages":[{"role":"user","content":"one two"}]}""");
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);

        Assert.Contains("assistant", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        var next = reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Contains("You", await next, StringComparison.Ordinal);
    }

    private static SimulatedChat Answer(string request)
    {
        using var document = JsonDocument.Parse(request);
        return SimulatedChat.To(document.RootElement, DateTimeOffset.UnixEpoch);
    }

    private async Task<string> AskAsync(string json)
    {
        using var http = new HttpMessageInvoker(new SimulatorHandler(Model(20)));
        using var request = Request(json);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static HttpRequestMessage Request(string json) =>
        new(HttpMethod.Post, "http://simulator.invalid/v1/chat/completions") { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    private static string? Text(JsonElement answer) => answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();

    private static (int Prompt, int Completion, int Total) Usage(JsonElement answer)
    {
        var usage = answer.GetProperty("usage");
        return (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32());
    }

    private SimulatedModel Model(int wordDelay) => new([new SimulatedChatApi()], Options.Create(new SimulatorOptions { WordDelayMilliseconds = wordDelay }), _time);
}
