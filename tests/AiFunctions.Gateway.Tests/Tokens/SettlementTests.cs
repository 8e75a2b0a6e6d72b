using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Chat;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.Tests.InputGuard;
using AiFunctions.Gateway.Upstreams;
using AiFunctions.Gateway.Upstreams.Simulator;
using Azure.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.Tokens;

/// <summary>However a request ends, its reservation is settled once. The endpoint, on real sockets, before a model server that ends in every way.</summary>
public sealed class SettlementTests : IAsyncLifetime
{
    private const string Chunk = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello\"}}]}\n\n";
    private const string Final = "data: {\"choices\":[],\"usage\":{\"total_tokens\":33}}\n\n";
    private const string Done = "data: [DONE]\n\n";
    private const int ReceivedInChunk = 5; // of an unknown tokenizer a byte is a token

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new();
    private FakeTokenBudget _budget = new();
    private RequestDelegate _answer = _ => Task.CompletedTask;
    private int _asked;
    private string? _upstreamUrl;
    private WebApplication _upstream = null!;
    private WebApplication _front = null!;

    private long Prompt => _budget.Reserved[0] - _budget.Limits.MaxOutputTokens;

    public async ValueTask InitializeAsync()
    {
        _upstream = await StartAsync(context =>
        {
            Interlocked.Increment(ref _asked);
            return _answer(context);
        });
        _front = await StartAsync(CompleteAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _front.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Theory]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"hello\"}}],\"usage\":{\"total_tokens\":33}}", "application/json", 33)]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"hello\"}}]}", "application/json", null)]
    [InlineData(Chunk + Final + Done, "text/event-stream", 33)]
    [InlineData(Chunk + Done, "text/event-stream", null)]
    public async Task An_answer_is_settled_as_reported_or_as_estimated(string answer, string contentType, int? used)
    {
        _answer = context => WriteAsync(context, answer, contentType);

        Assert.Equal(HttpStatusCode.OK, await PostAsync());
        Assert.Equal(used ?? Prompt + ReceivedInChunk, await SettledAsync());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_refusal_uses_nothing(int status)
    {
        _answer = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };

        await PostAsync();

        Assert.Equal(0, await SettledAsync());
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_uses_nothing()
    {
        _upstreamUrl = "http://127.0.0.1:1/v1";

        await PostAsync();

        Assert.Equal(0, await SettledAsync());
    }

    [Fact]
    public async Task A_reset_before_the_answer_uses_the_prompt()
    {
        _answer = context =>
        {
            Reset(context);
            return Task.CompletedTask;
        };

        await PostAsync();

        Assert.Equal(Prompt, await SettledAsync());
    }

    [Theory]
    [InlineData("text/event-stream", ReceivedInChunk)]
    [InlineData("application/json", 0)]
    public async Task A_reset_in_mid_answer_uses_what_came(string contentType, int received)
    {
        _answer = async context =>
        {
            await WriteAsync(context, Chunk, contentType);
            await Task.Delay(300, CancellationToken.None); // lest the reset overtakes the chunk
            Reset(context);
        };

        await PostAsync();

        Assert.Equal(Prompt + received, await SettledAsync());
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(Chunk, ReceivedInChunk)]
    public async Task Silence_uses_what_came_and_all_that_was_reserved_where_nothing_did(string? answer, int? received)
    {
        _answer = async context =>
        {
            await WriteAsync(context, answer, "text/event-stream");
            await GoneAsync(context);
        };

        await PostAsync();

        Assert.Equal(received is { } came ? Prompt + came : _budget.Reserved[0], await SettledAsync());
    }

    [Theory]
    [InlineData(Chunk + "data: {\"error\":{}}\n\n", "text/event-stream", ReceivedInChunk)]
    [InlineData(Chunk, "text/event-stream", ReceivedInChunk)]
    [InlineData("{\"choices\":", "application/json", 0)]
    public async Task A_broken_answer_uses_what_came(string answer, string contentType, int received)
    {
        _answer = context => WriteAsync(context, answer, contentType);

        await PostAsync();

        Assert.Equal(Prompt + received, await SettledAsync());
    }

    [Fact]
    public async Task A_caller_that_leaves_before_the_answer_uses_its_reservation()
    {
        using var leave = new CancellationTokenSource();
        _answer = async context =>
        {
            await leave.CancelAsync();
            await GoneAsync(context);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PostAsync(leave.Token));

        Assert.Equal(_budget.Reserved[0], await SettledAsync());
    }

    [Fact]
    public async Task A_caller_that_leaves_in_mid_stream_uses_what_came()
    {
        _answer = async context =>
        {
            await WriteAsync(context, Chunk, "text/event-stream");
            await GoneAsync(context);
        };

        using (var response = await SendAsync(HttpCompletionOption.ResponseHeadersRead, _cancelled))
        await using (var stream = await response.Content.ReadAsStreamAsync(_cancelled))
        {
            Assert.NotEqual(0, await stream.ReadAsync(new byte[100], _cancelled));
        }

        Assert.Equal(Prompt + ReceivedInChunk, await SettledAsync());
    }

    [Fact]
    public async Task Without_a_reservation_nobody_is_asked_and_nothing_settled()
    {
        _budget = new FakeTokenBudget { Refusal = GatewayErrors.StorageUnavailable };

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync());
        await _ended.Task.WaitAsync(Soon, _cancelled);
        Assert.Empty(_budget.Settled);
        Assert.Equal(0, _asked);
    }

    [Theory]
    [InlineData(0, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_text_that_is_too_long_is_refused_before_anything_is_reserved(int over, HttpStatusCode status)
    {
        _answer = context => WriteAsync(context, "{}", "application/json");

        Assert.Equal(status, await PostAsync(_cancelled, new string('ü', (int)_budget.Limits.MaxRequestCharacters + over)));
        await _ended.Task.WaitAsync(Soon, _cancelled);
        Assert.Equal(1 - over, _budget.Reserved.Count);
        Assert.Equal(1 - over, _asked);
    }

    private async Task CompleteAsync(HttpContext context)
    {
        var upstream = new UpstreamOptions { Name = "u", BaseUrl = new Uri(_upstreamUrl ?? _upstream.Urls.First() + "/v1"), TimeoutSeconds = 1 };
        using var upstreams = new UpstreamRouter(
            Options.Create(new UpstreamsOptions { Upstreams = [upstream] }),
            Options.Create(new SimulatorOptions()),
            new Lazy<TokenCredential>(() => throw new InvalidOperationException()),
            TimeProvider.System,
            NullLogger<UpstreamRouter>.Instance);
        using var guard = new GuardParts();
        var policy = new FilterPolicy(new OutputFilterOptions());
        var client = new Client { Id = "c", Name = "c", Tier = "free", CreatedAt = default, UpdatedAt = default };
        context.Features.Set(new ClientIdentity(client, new ClientKey { KeyId = "k", ClientId = "c", Hash = [], CreatedAt = default }));
        context.Features.Set<ITokenBudget>(_budget);
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        using var body = new JsonBody(bytes.ToArray(), JsonDocument.Parse(bytes.ToArray()));
        context.Features.Set(body);
        try
        {
            await new ErrorBoundaryMiddleware(
                new ChatCompletionsEndpoint(upstreams, LoadedVocabulary.Estimator(), guard.Guard, guard.AnswersUnder(policy), guard.Models).CompleteAsync,
                NullLogger<ErrorBoundaryMiddleware>.Instance).InvokeAsync(context);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private async Task<long> SettledAsync()
    {
        await _ended.Task.WaitAsync(Soon, _cancelled);
        Assert.Single(_budget.Reserved);
        return Assert.Single(_budget.Settled);
    }

    private async Task<HttpStatusCode> PostAsync(CancellationToken? cancellationToken = null, string text = "hi")
    {
        using var response = await SendAsync(HttpCompletionOption.ResponseContentRead, cancellationToken ?? _cancelled, text);
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpCompletionOption completion, CancellationToken cancellationToken, string text = "hi")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _front.Urls.First())
        {
            Content = new StringContent("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}", Encoding.UTF8, "application/json"),
        };
        return await _http.SendAsync(request, completion, cancellationToken);
    }

    private static async Task WriteAsync(HttpContext context, string? answer, string contentType)
    {
        if (answer is not null)
        {
            context.Response.ContentType = contentType;
            await context.Response.WriteAsync(answer);
            await context.Response.Body.FlushAsync();
        }
    }

    private static async Task GoneAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using (context.RequestAborted.Register(gone.SetResult))
        {
            await gone.Task.WaitAsync(Soon);
        }
    }

    private static void Reset(HttpContext context)
    {
        var socket = context.Features.Get<IConnectionSocketFeature>()!.Socket;
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    private static async Task<WebApplication> StartAsync(RequestDelegate handle)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(handle);
        await app.StartAsync();
        return app;
    }
}
