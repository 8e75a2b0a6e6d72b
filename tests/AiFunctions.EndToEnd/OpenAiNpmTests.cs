using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>The OpenAI SDK for JavaScript, unchanged, against the running host.</summary>
public abstract class OpenAiNpmTests(SimulatorHost simulated, StubbedHost stubbed) : IClassFixture<SimulatorHost>, IClassFixture<StubbedHost>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Lists_the_models()
    {
        var result = await RunSimulatedAsync("models.mjs");

        Assert.Contains("simulator", Strings(result.GetProperty("ids")));
        Assert.Equal(Strings(result.GetProperty("ids"))[0], Text(result, "first"));
    }

    [Fact]
    public async Task Answers_a_chat()
    {
        var result = await RunSimulatedAsync("chat.mjs", ("CONTENT", "What is the capital of France?"));

        Assert.Equal("You asked: What is the capital of France?", Text(result, "content"));
        Assert.Equal("simulator", Text(result, "model"));
        Assert.Equal("chat.completion", Text(result, "object"));
        Assert.Equal("assistant", Text(result, "role"));
        Assert.Equal("stop", Text(result, "finishReason"));
        Assert.True(result.GetProperty("totalTokens").GetInt32() > 0);
        Assert.NotEmpty(Text(result, "requestId")!);
    }

    [Fact]
    public async Task Streams_a_chat_word_by_word()
    {
        var result = await RunSimulatedAsync("chat-stream.mjs", ("CONTENT", "one two three"));

        Assert.Equal("You asked: one two three", Text(result, "content"));
        Assert.True(result.GetProperty("pieces").GetArrayLength() >= 5, result.ToString());
        Assert.Equal("stop", Text(result, "finishReason"));
        Assert.Equal(JsonValueKind.Null, result.GetProperty("error").ValueKind);
    }

    [Theory]
    [InlineData("tool-call.mjs")]
    [InlineData("tool-call-stream.mjs")]
    public async Task Calls_a_tool_of_the_simulator(string script)
    {
        var result = await RunSimulatedAsync(script);

        Assert.Equal("tool_calls", Text(result, "finishReason"));
        Assert.Equal("function", Text(result, "type"));
        Assert.Equal("get_weather", Text(result, "name"));
        Assert.NotEmpty(Text(result, "id")!);
        Assert.Equal(JsonValueKind.Object, result.GetProperty("arguments").ValueKind);
    }

    [Fact]
    public async Task Calls_a_tool_of_the_upstream()
    {
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondMessageAsync(
            new { role = "assistant", content = (string?)null, tool_calls = new[] { WeatherCall("call_1", """{"city":"Zürich"}""") } },
            "tool_calls"));

        var result = await RunStubbedAsync("tool-call.mjs", ("MODEL", model));

        Assert.Equal("call_1", Text(result, "id"));
        Assert.Equal("Zürich", Text(result.GetProperty("arguments"), "city"));
        var sent = Assert.Single(stubbed.Upstream.RequestsFor(model));
        Assert.Equal("get_weather", JsonElement.Parse(sent.Body).GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Calls_a_tool_whose_arguments_are_streamed_in_pieces()
    {
        var model = stubbed.Upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.SendChunkAsync(new { role = "assistant", tool_calls = new[] { WeatherCall("call_2", "") } });
            foreach (var piece in new[] { "{\"ci", "ty\":\"Zü", "rich\"}" })
            {
                await exchange.SendChunkAsync(new { tool_calls = new[] { new { index = 0, function = new { arguments = piece } } } });
            }

            await exchange.FinishAsync("tool_calls");
        });

        var result = await RunStubbedAsync("tool-call-stream.mjs", ("MODEL", model));

        Assert.Equal("call_2", Text(result, "id"));
        Assert.Equal("Zürich", Text(result.GetProperty("arguments"), "city"));
        Assert.Equal("tool_calls", Text(result, "finishReason"));
    }

    [Fact]
    public async Task Gets_each_piece_of_a_stream_while_the_upstream_still_writes()
    {
        var seen = Enumerable.Range(0, 3).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var model = stubbed.Upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            for (var i = 0; i < seen.Length; i++)
            {
                await exchange.SendTextAsync($"piece{i} ");
                await seen[i].Task;
            }

            await exchange.FinishAsync();
        });

        await using var script = await NodeScript.StartAsync(stubbed.Host, await stubbed.Host.NewKeyAsync(), "chat-stream.mjs", ("MODEL", model));
        for (var i = 0; i < seen.Length; i++)
        {
            await script.WaitForAsync($"\"piece{i} \""); // The upstream sends no more before this has arrived.
            seen[i].SetResult();
        }

        var result = await script.ResultAsync();
        Assert.Equal("piece0 piece1 piece2 ", Text(result, "content"));
        Assert.Equal("stop", Text(result, "finishReason"));
    }

    [Fact]
    public async Task Leaving_a_stream_ends_the_call_upstream()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var model = stubbed.Upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.SendTextAsync("first ");
            await exchange.CallerGone;
            left.SetResult();
        });

        var result = await RunStubbedAsync("chat-abort.mjs", ("MODEL", model));

        Assert.Equal(["first "], Strings(result.GetProperty("pieces")));
        Assert.True(result.GetProperty("aborted").GetBoolean());
        await left.Task.WaitAsync(Soon, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_wrong_key_is_an_AuthenticationError()
    {
        var error = (await NodeScript.RunAsync(simulated.Host, "sk-wrong", "chat.mjs")).GetProperty("error");

        AssertError(error, "AuthenticationError", 401, "invalid_api_key");
    }

    [Fact]
    public async Task An_unknown_model_is_a_NotFoundError()
    {
        var error = (await RunSimulatedAsync("chat.mjs", ("MODEL", "no-such-model"))).GetProperty("error");

        AssertError(error, "NotFoundError", 404, "model_not_found");
        Assert.Equal("model", Text(error, "param"));
    }

    [Fact]
    public async Task A_wrong_field_is_a_BadRequestError()
    {
        var error = (await RunSimulatedAsync("bad-request.mjs")).GetProperty("error");

        AssertError(error, "BadRequestError", 400, "invalid_request");
        Assert.Equal("messages", Text(error, "param"));
    }

    [Theory]
    [InlineData(400, "BadRequestError", 400, "invalid_request")]
    [InlineData(429, "RateLimitError", 429, null)]
    [InlineData(500, "InternalServerError", 502, "upstream_error")]
    public async Task A_failure_upstream_is_the_error_class_for_it(int upstreamStatus, string errorClass, int status, string? code)
    {
        const string Secret = "upstream-internal-detail-4711";
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(
            upstreamStatus, $$$"""{"error":{"message":"{{{Secret}}}","type":"{{{Secret}}}","code":"{{{Secret}}}","param":null}}"""));

        var error = (await RunStubbedAsync("chat.mjs", ("MODEL", model))).GetProperty("error");

        AssertError(error, errorClass, status, code);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_fails_before_its_first_byte_is_the_error_class_for_it()
    {
        var model = stubbed.Upstream.AddModel(exchange => exchange.RespondAsync(500, "no"));

        var result = await RunStubbedAsync("chat-stream.mjs", ("MODEL", model));

        AssertError(result.GetProperty("error"), "InternalServerError", 502, "upstream_error");
    }

    [Fact]
    public async Task A_connection_reset_in_mid_stream_is_raised() => await AssertRaisedInMidStreamAsync(exchange =>
    {
        exchange.Reset();
        return Task.CompletedTask;
    });

    [Fact]
    public async Task A_stream_that_ends_before_its_end_is_raised() => await AssertRaisedInMidStreamAsync(_ => Task.CompletedTask);

    [Fact]
    public async Task An_error_event_of_the_upstream_is_raised() => await AssertRaisedInMidStreamAsync(exchange =>
        exchange.SendAsync("data: {\"error\":{\"message\":\"detail of the upstream\",\"type\":\"server_error\",\"code\":null,\"param\":null}}\n\n"));

    private async Task AssertRaisedInMidStreamAsync(Func<StubExchange, Task> fail)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var model = stubbed.Upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.SendTextAsync("partial ");
            await seen.Task; // What was sent before a reset may be lost with it.
            await fail(exchange);
        });

        await using var script = await NodeScript.StartAsync(stubbed.Host, await stubbed.Host.NewKeyAsync(), "chat-stream.mjs", ("MODEL", model));
        await script.WaitForAsync("\"partial \"");
        seen.SetResult();

        var result = await script.ResultAsync();
        Assert.Equal("partial ", Text(result, "content"));
        var error = result.GetProperty("error");
        Assert.True(error.ValueKind == JsonValueKind.Object, $"The stream ended silently: {result}");
        Assert.Equal("APIError", Text(error, "class"));
        Assert.Equal("upstream_error", Text(error, "code"));
        Assert.NotEmpty(Text(error, "requestId")!);
        Assert.DoesNotContain("detail of the upstream", error.ToString(), StringComparison.Ordinal);
    }

    private static void AssertError(JsonElement error, string errorClass, int status, string? code)
    {
        Assert.Equal(errorClass, Text(error, "class"));
        Assert.True(error.GetProperty("isApiError").GetBoolean());
        Assert.Equal(status, error.GetProperty("status").GetInt32());
        Assert.NotEmpty(Text(error, "code")!);
        Assert.Equal(code ?? Text(error, "code"), Text(error, "code"));
        Assert.NotEmpty(Text(error, "type")!);
        Assert.NotEmpty(Text(error, "requestId")!);
    }

    private static object WeatherCall(string id, string arguments) =>
        new { index = 0, id, type = "function", function = new { name = "get_weather", arguments } };

    private static string? Text(JsonElement element, string property) => element.GetProperty(property).GetString();

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];

    private async Task<JsonElement> RunSimulatedAsync(string script, params (string, string)[] variables) =>
        await NodeScript.RunAsync(simulated.Host, await simulated.Host.NewKeyAsync(), script, variables);

    private async Task<JsonElement> RunStubbedAsync(string script, params (string, string)[] variables) =>
        await NodeScript.RunAsync(stubbed.Host, await stubbed.Host.NewKeyAsync(), script, variables);
}
