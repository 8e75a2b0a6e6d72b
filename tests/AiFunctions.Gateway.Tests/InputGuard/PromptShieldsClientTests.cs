using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.InputGuard.PromptShields;
using AiFunctions.Gateway.InputGuard.Scoring;
using AiFunctions.Gateway.Tests.Logging;
using Azure.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.InputGuard;

/// <summary>The client, before a server on a real socket that speaks the documented format or breaks it.</summary>
public sealed class PromptShieldsClientTests : IAsyncLifetime
{
    private const string Marker = "markerofthistext";
    private const string BodyItem = "body";
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly ConcurrentQueue<(string Path, string? Key, string? Authorization, JsonElement Body)> _requests = new();
    private readonly RecordingLogger<PromptShieldsClient> _log = new();
    private Func<HttpContext, int, Task> _answer = (context, _) => context.Response.WriteAsync("{}");
    private WebApplication _server = null!;
    private int _asked;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = JsonElement.Parse(await reader.ReadToEndAsync(_cancelled));
            context.Items[BodyItem] = body;
            _requests.Enqueue((
                context.Request.Path + context.Request.QueryString, context.Request.Headers["Ocp-Apim-Subscription-Key"], context.Request.Headers.Authorization, body));
            await _answer(context, Interlocked.Increment(ref _asked));
        });
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(true, ShieldOpinion.Attack)]
    [InlineData(false, ShieldOpinion.Clean)]
    public async Task A_prompt_is_asked_about_as_documented(bool attack, object opinion)
    {
        Answer(UserAnalysis(attack));
        using var client = Client();

        Assert.Equal((ShieldOpinion)opinion, await AskAsync(client));

        var (path, key, authorization, body) = Assert.Single(_requests);
        Assert.Equal("/contentsafety/text:shieldPrompt?api-version=2024-09-01", path);
        Assert.Equal(("the key", null), (key, authorization));
        Assert.Equal($"{{\"userPrompt\":\"{Marker} \\u00E9\"}}", body.GetRawText());
    }

    [Theory]
    [InlineData(true, ShieldOpinion.Attack)]
    [InlineData(false, ShieldOpinion.Clean)]
    public async Task A_document_is_asked_about_as_documented(bool attack, object opinion)
    {
        Answer(JsonSerializer.Serialize(new { documentsAnalysis = new[] { new { attackDetected = attack } } }));
        using var client = Client();

        Assert.Equal((ShieldOpinion)opinion, await AskAsync(client, TextSource.Document));

        Assert.Equal($"{{\"documents\":[\"{Marker} \\u00E9\"]}}", Assert.Single(_requests).Body.GetRawText());
    }

    [Fact]
    public async Task Without_a_key_the_managed_identity_is_used()
    {
        Answer(UserAnalysis(false));
        using var client = Client(key: null, credential: new FixedCredential());

        Assert.Equal(ShieldOpinion.Clean, await AskAsync(client));

        Assert.Equal((null, "Bearer token for https://cognitiveservices.azure.com/.default"), (Assert.Single(_requests).Key, Assert.Single(_requests).Authorization));
    }

    [Fact]
    public async Task Of_a_long_text_every_part_is_asked_about_and_one_attack_is_enough()
    {
        using var client = Client(timeoutMilliseconds: 10_000);
        var text = new string('a', 20_000) + "attack" + new string('a', 5_000);
        _answer = (context, _) => context.Response.WriteAsync(UserAnalysis(false));
        Assert.Equal(ShieldOpinion.Clean, await client.AskAsync(text.AsMemory(), TextSource.User, "r", _cancelled));
        Assert.Equal(3, _requests.Count);
        Assert.All(_requests, request => Assert.InRange(request.Body.GetProperty("userPrompt").GetString()!.Length, 1, 10_000));

        _answer = (context, _) => context.Response.WriteAsync(UserAnalysis(context.Items[BodyItem]!.ToString()!.Contains("attack", StringComparison.Ordinal)));
        Assert.Equal(ShieldOpinion.Attack, await client.AskAsync(text.AsMemory(), TextSource.User, "r", _cancelled));

        _asked = 0;
        Assert.Equal(ShieldOpinion.None, await client.AskAsync(new string('a', 100_000).AsMemory(), TextSource.User, "r", _cancelled));
        Assert.Equal(0, _asked);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_failure_that_may_pass_is_tried_again_once(int status)
    {
        using var client = Client(timeoutMilliseconds: 10_000);
        _answer = (context, asked) =>
        {
            context.Response.StatusCode = asked == 1 ? status : 200;
            return context.Response.WriteAsync(UserAnalysis(true));
        };
        Assert.Equal(ShieldOpinion.Attack, await AskAsync(client));
        Assert.Equal(2, _asked);

        _answer = (context, _) =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(Marker);
        };
        _asked = 0;
        Assert.Equal(ShieldOpinion.None, await AskAsync(client));
        Assert.Equal(2, _asked);
        AssertLogged($"status {status}");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(307)]
    public async Task A_refusal_is_not_tried_again(int status)
    {
        using var client = Client(timeoutMilliseconds: 10_000);
        _answer = (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = _server.Urls.First() + "/elsewhere";
            return context.Response.WriteAsync(Marker);
        };

        Assert.Equal(ShieldOpinion.None, await AskAsync(client));
        Assert.Equal(1, _asked);
        AssertLogged($"status {status}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense " + Marker)]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"userPromptAnalysis\":null}")]
    [InlineData("{\"userPromptAnalysis\":{}}")]
    [InlineData("{\"userPromptAnalysis\":{\"attackDetected\":\"false\"}}")]
    [InlineData("{\"documentsAnalysis\":[{\"attackDetected\":false}]}")]
    public async Task An_answer_that_makes_no_sense_is_no_opinion(string answer)
    {
        Answer(answer);
        using var client = Client(timeoutMilliseconds: 10_000);

        Assert.Equal(ShieldOpinion.None, await AskAsync(client));
        Assert.Equal(1, _asked);
        AssertLogged("(status (null), Json");
    }

    [Theory]
    [InlineData("{\"documentsAnalysis\":[]}")]
    [InlineData("{\"documentsAnalysis\":[{\"attackDetected\":false},{\"attackDetected\":false}]}")]
    [InlineData("{\"documentsAnalysis\":{\"attackDetected\":false}}")]
    public async Task An_answer_about_other_documents_is_no_opinion(string answer)
    {
        Answer(answer);
        using var client = Client(timeoutMilliseconds: 10_000);

        Assert.Equal(ShieldOpinion.None, await AskAsync(client, TextSource.Document));
    }

    [Fact]
    public async Task An_endless_answer_is_not_read_to_its_end()
    {
        _answer = async (context, _) =>
        {
            var piece = new byte[16 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(piece);
            }
        };
        using var client = Client(timeoutMilliseconds: 30_000);

        Assert.Equal(ShieldOpinion.None, await AskAsync(client));
        AssertLogged("HttpRequestException");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reset_is_tried_again_once(bool inMidAnswer)
    {
        _answer = async (context, asked) =>
        {
            if (asked > 1)
            {
                await context.Response.WriteAsync(UserAnalysis(true));
                return;
            }

            if (inMidAnswer)
            {
                context.Response.ContentLength = 1000;
                await context.Response.WriteAsync("{\"userPrompt");
                await context.Response.Body.FlushAsync();
            }

            var socket = context.Features.Get<IConnectionSocketFeature>()!.Socket;
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Close();
        };
        using var client = Client(timeoutMilliseconds: 10_000);

        Assert.Equal(ShieldOpinion.Attack, await AskAsync(client));
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Silence_ends_with_the_time_and_a_service_that_stays_silent_is_not_asked_any_more()
    {
        _answer = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        using var client = Client(timeoutMilliseconds: 50);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(ShieldOpinion.None, await AskAsync(client));
        }

        AssertLogged("TimeoutRejectedException");
        _asked = 0;
        var logged = _log.Entries.Count;
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(ShieldOpinion.None, await AskAsync(client));
        }

        Assert.Equal(0, _asked);
        Assert.Equal(logged, _log.Entries.Count);
    }

    [Fact]
    public async Task A_caller_that_leaves_ends_the_asking()
    {
        using var leave = new CancellationTokenSource();
        _answer = async (context, _) =>
        {
            await leave.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        using var client = Client(timeoutMilliseconds: 30_000);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.AskAsync(Marker.AsMemory(), TextSource.User, "r", leave.Token));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("https://name.example", true)]
    public void It_is_on_when_there_is_an_endpoint(string? endpoint, bool isOn) =>
        Assert.Equal(isOn, new PromptShieldsOptions { Endpoint = endpoint is null ? null : new Uri(endpoint) }.IsOn);

    private static string UserAnalysis(bool attack) => JsonSerializer.Serialize(new { userPromptAnalysis = new { attackDetected = attack } });

    private Task<ShieldOpinion> AskAsync(PromptShieldsClient client, TextSource source = TextSource.User) =>
        client.AskAsync((Marker + " \u00e9").AsMemory(), source, "request-1", _cancelled);

    private void Answer(string body) => _answer = (context, _) => context.Response.WriteAsync(body);

    private void AssertLogged(string what)
    {
        Assert.Contains(_log.Entries, entry => entry.Text.Contains(what, StringComparison.Ordinal) && entry.Text.Contains("request-1", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Entries, entry => entry.Text.Contains(Marker, StringComparison.Ordinal));
    }

    private PromptShieldsClient Client(int timeoutMilliseconds = 5_000, string? key = "the key", TokenCredential? credential = null) => new(
        Options.Create(new InputGuardOptions
        {
            PromptShields = new PromptShieldsOptions { Endpoint = new Uri(_server.Urls.First()), ApiKey = key, TimeoutMilliseconds = timeoutMilliseconds },
        }),
        new Lazy<TokenCredential>(() => credential ?? throw new InvalidOperationException()),
        TimeProvider.System,
        _log);

    private sealed class FixedCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new("token for " + string.Join(' ', requestContext.Scopes), DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
