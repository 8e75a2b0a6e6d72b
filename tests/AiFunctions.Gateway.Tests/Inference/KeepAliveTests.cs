using System.Net;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.Relay;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.Inference;

/// <summary>A caller hears something while a model is silent.</summary>
public sealed class KeepAliveTests : IAsyncDisposable
{
    private const string Request = """{"model":"m","stream":true,"max_tokens":10,"messages":[{"role":"user","content":"hi"}]}""";
    private const string First = "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi. \"},\"finish_reason\":null}]}\n\n";
    private const string Last = "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    private const string Comment = ": keep-alive";

    private readonly FakeTimeProvider _time = new();
    private readonly ModelCallHost _host;
    private readonly TaskCompletionSource _speak = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    public KeepAliveTests() => _host = new ModelCallHost(new ChatCompletionsApi(), Request) { Time = _time };

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_model_that_thinks_for_long_is_waited_for()
    {
        var text = await HearAsync(beforeSilence: null, context => ModelCallHost.WriteAsync(context, First + Last, "text/event-stream"));

        Assert.Equal(First + Last, text);
    }

    [Fact]
    public async Task Silence_amid_a_stream_is_bridged()
    {
        var text = await HearAsync(First, context => context.Response.WriteAsync(Last));

        Assert.Equal(Last, text);
    }

    [Fact]
    public async Task A_failure_after_it_is_told_by_an_event()
    {
        var text = await HearAsync(beforeSilence: null, context =>
        {
            context.Response.StatusCode = 429;
            return Task.CompletedTask;
        });

        Assert.StartsWith("data: {\"error\":{", text, StringComparison.Ordinal);
        Assert.Contains("upstream_rate_limited", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html></html>", "text/html")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"hi\"}}]}", "application/json")]
    public async Task So_is_an_answer_that_is_none(string answer, string type)
    {
        var text = await HearAsync(beforeSilence: null, context => ModelCallHost.WriteAsync(context, answer, type));

        Assert.Contains("upstream_error", text, StringComparison.Ordinal);
    }

    /// <summary>Lets the model be silent till two comments have come, and gives back what comes after them.</summary>
    private async Task<string> HearAsync(string? beforeSilence, RequestDelegate answer)
    {
        _host.Answer = async context =>
        {
            await ModelCallHost.WriteAsync(context, beforeSilence, "text/event-stream");
            _asked.SetResult();
            await _speak.Task.WaitAsync(ModelCallHost.Soon);
            await answer(context);
        };
        await _host.StartAsync();
        var sending = _host.SendAsync(HttpCompletionOption.ResponseHeadersRead);
        await _asked.Task.WaitAsync(ModelCallHost.Soon, _cancelled);
        using var response = await PassTimeAsync(sending);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_cancelled));
        for (var comments = 0; comments < 2;)
        {
            var line = await PassTimeAsync(reader.ReadLineAsync(_cancelled).AsTask());
            comments += line == Comment ? 1 : 0;
        }

        Assert.Equal("", await reader.ReadLineAsync(_cancelled));
        _speak.SetResult();
        var rest = await reader.ReadToEndAsync(_cancelled);
        return rest.Replace(Comment + "\n\n", "", StringComparison.Ordinal);
    }

    private async Task<T> PassTimeAsync<T>(Task<T> awaited)
    {
        while (!awaited.IsCompleted)
        {
            _time.Advance(StreamKeepAlive.Interval);
            await Task.WhenAny(awaited, Task.Delay(20, _cancelled));
        }

        return await awaited;
    }
}
