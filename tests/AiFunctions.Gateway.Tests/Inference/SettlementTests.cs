using System.Net;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Tests.Tokens;

namespace AiFunctions.Gateway.Tests.Inference;

/// <summary>However a request ends, its reservation is settled once. The endpoint, on real sockets, before a model server that ends in every way.</summary>
public sealed class SettlementTests : IAsyncLifetime
{
    private const string Chunk = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello\"}}]}\n\n";
    private const string Final = "data: {\"choices\":[],\"usage\":{\"total_tokens\":33}}\n\n";
    private const string Done = "data: [DONE]\n\n";
    private const int ReceivedInChunk = 5; // of an unknown tokenizer a byte is a token

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly ModelCallHost _host = new(new ChatCompletionsApi(), "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");

    private long Prompt => _host.Budget.Reserved[0] - _host.Budget.Limits.MaxOutputTokens;

    public async ValueTask InitializeAsync() => await _host.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"hello\"}}],\"usage\":{\"total_tokens\":33}}", "application/json", 33)]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"hello\"}}]}", "application/json", null)]
    [InlineData(Chunk + Final + Done, "text/event-stream", 33)]
    [InlineData(Chunk + Done, "text/event-stream", null)]
    public async Task An_answer_is_settled_as_reported_or_as_estimated(string answer, string contentType, int? used)
    {
        _host.Answer = context => ModelCallHost.WriteAsync(context, answer, contentType);

        Assert.Equal(HttpStatusCode.OK, await PostAsync());
        Assert.Equal(used ?? Prompt + ReceivedInChunk, await _host.SettledAsync());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_refusal_uses_nothing(int status)
    {
        _host.Answer = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };

        await PostAsync();

        Assert.Equal(0, await _host.SettledAsync());
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_uses_nothing()
    {
        _host.UpstreamUrl = "http://127.0.0.1:1/v1";

        await PostAsync();

        Assert.Equal(0, await _host.SettledAsync());
    }

    [Fact]
    public async Task A_reset_before_the_answer_uses_the_prompt()
    {
        _host.Answer = context =>
        {
            ModelCallHost.Reset(context);
            return Task.CompletedTask;
        };

        await PostAsync();

        Assert.Equal(Prompt, await _host.SettledAsync());
    }

    [Fact]
    public async Task A_reset_in_mid_stream_uses_what_came()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Answer = async context =>
        {
            await ModelCallHost.WriteAsync(context, Chunk, "text/event-stream");
            await seen.Task.WaitAsync(ModelCallHost.Soon); // lest the reset overtakes the chunk
            ModelCallHost.Reset(context);
        };

        using var response = await _host.SendAsync(HttpCompletionOption.ResponseHeadersRead, _cancelled);
        await using var stream = await response.Content.ReadAsStreamAsync(_cancelled);
        Assert.NotEqual(0, await stream.ReadAsync(new byte[1], _cancelled));
        seen.SetResult();

        Assert.Equal(Prompt + ReceivedInChunk, await _host.SettledAsync());
    }

    [Fact]
    public async Task A_reset_in_mid_answer_uses_the_prompt()
    {
        _host.Answer = async context =>
        {
            await ModelCallHost.WriteAsync(context, "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"hel", "application/json");
            ModelCallHost.Reset(context);
        };

        await PostAsync();

        Assert.Equal(Prompt, await _host.SettledAsync());
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(Chunk, ReceivedInChunk)]
    public async Task Silence_uses_what_came_and_all_that_was_reserved_where_nothing_did(string? answer, int? received)
    {
        _host.TimeoutSeconds = 3;
        _host.Answer = async context =>
        {
            await ModelCallHost.WriteAsync(context, answer, "text/event-stream");
            await ModelCallHost.GoneAsync(context);
        };

        await PostAsync();

        Assert.Equal(received is { } came ? Prompt + came : _host.Budget.Reserved[0], await _host.SettledAsync());
    }

    [Theory]
    [InlineData(Chunk + "data: {\"error\":{}}\n\n", "text/event-stream", ReceivedInChunk)]
    [InlineData(Chunk, "text/event-stream", ReceivedInChunk)]
    [InlineData("{\"choices\":", "application/json", 0)]
    public async Task A_broken_answer_uses_what_came(string answer, string contentType, int received)
    {
        _host.Answer = context => ModelCallHost.WriteAsync(context, answer, contentType);

        await PostAsync();

        Assert.Equal(Prompt + received, await _host.SettledAsync());
    }

    [Fact]
    public async Task A_caller_that_leaves_before_the_answer_uses_its_reservation()
    {
        using var leave = new CancellationTokenSource();
        _host.Answer = async context =>
        {
            await leave.CancelAsync();
            await ModelCallHost.GoneAsync(context);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PostAsync(leave.Token));

        Assert.Equal(_host.Budget.Reserved[0], await _host.SettledAsync());
    }

    [Fact]
    public async Task A_caller_that_leaves_in_mid_stream_uses_what_came()
    {
        _host.Answer = async context =>
        {
            await ModelCallHost.WriteAsync(context, Chunk, "text/event-stream");
            await ModelCallHost.GoneAsync(context);
        };

        using (var response = await _host.SendAsync(HttpCompletionOption.ResponseHeadersRead, _cancelled))
        await using (var stream = await response.Content.ReadAsStreamAsync(_cancelled))
        {
            Assert.NotEqual(0, await stream.ReadAsync(new byte[100], _cancelled));
        }

        Assert.Equal(Prompt + ReceivedInChunk, await _host.SettledAsync());
    }

    [Fact]
    public async Task Without_a_reservation_nobody_is_asked_and_nothing_settled()
    {
        _host.Budget = new FakeTokenBudget { Refusal = GatewayErrors.StorageUnavailable };

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync());
        await _host.EndAsync();
        Assert.Empty(_host.Budget.Settled);
        Assert.Equal(0, _host.Asked);
    }

    [Theory]
    [InlineData(0, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_text_that_is_too_long_is_refused_before_anything_is_reserved(int over, HttpStatusCode status)
    {
        _host.Answer = context => ModelCallHost.WriteAsync(context, "{\"choices\":[]}", "application/json");

        Assert.Equal(status, await PostAsync(_cancelled, new string('ü', (int)_host.Budget.Limits.MaxRequestCharacters + over)));
        await _host.EndAsync();
        Assert.Equal(1 - over, _host.Budget.Reserved.Count);
        Assert.Equal(1 - over, _host.Asked);
    }

    private async Task<HttpStatusCode> PostAsync(CancellationToken? cancellationToken = null, string text = "hi")
    {
        using var response = await _host.SendAsync(
            cancellationToken: cancellationToken, body: "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}");
        return response.StatusCode;
    }
}
