using System.Buffers;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using AiFunctions.Gateway.InputGuard.Scoring;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace AiFunctions.Gateway.InputGuard.PromptShields;

/// <summary>Asks Azure AI Content Safety's Prompt Shields about a text.</summary>
/// <remarks>
/// REST, version 2024-09-01: https://learn.microsoft.com/rest/api/contentsafety/text-operations/shield-prompt.
/// A failure is no opinion, never an exception. A service that keeps failing is not asked for a while, so that it does not add its
/// time-out to each suspicious request.
/// </remarks>
internal sealed partial class PromptShieldsClient : IDisposable
{
    private const string Path = "/contentsafety/text:shieldPrompt?api-version=2024-09-01";
    private const int LongestAnswer = 64 * 1024;
    private static readonly TokenRequestContext Scope = new(["https://cognitiveservices.azure.com/.default"]);

    private readonly PromptShieldsOptions _options;
    private readonly Uri? _uri;
    private readonly Lazy<TokenCredential> _credential;
    private readonly ILogger _logger;
    private readonly HttpMessageInvoker _http;
    private readonly ResiliencePipeline<bool> _pipeline;

    public PromptShieldsClient(IOptions<InputGuardOptions> options, Lazy<TokenCredential> credential, TimeProvider time, ILogger<PromptShieldsClient> logger)
    {
        _options = options.Value.PromptShields;
        _uri = _options.Endpoint is { } endpoint ? new Uri(endpoint.AbsoluteUri.TrimEnd('/') + Path) : null;
        _credential = credential;
        _logger = logger;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // a redirect would take the credential and the text elsewhere
            UseCookies = false,
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 16,
        });
        _pipeline = NewPipeline(TimeSpan.FromMilliseconds(_options.TimeoutMilliseconds), time);
    }

    /// <summary>Whether there is anyone to ask.</summary>
    public bool IsOn => _options.IsOn;

    /// <summary>Asks about a text.</summary>
    /// <param name="text">The text. One that would take more than <see cref="ShieldPieces.MostPieces"/> calls is not asked about.</param>
    /// <param name="source">Whether it is taken for a prompt or for a document.</param>
    /// <param name="requestId">For the log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<ShieldOpinion> AskAsync(ReadOnlyMemory<char> text, TextSource source, string requestId, CancellationToken cancellationToken)
    {
        if (ShieldPieces.Cut(text) is not { Count: > 0 } pieces)
        {
            return ShieldOpinion.None;
        }

        var opinions = await Task.WhenAll(pieces.Select(piece => AskAboutPieceAsync(piece, source, requestId, cancellationToken)));
        return opinions.Contains(ShieldOpinion.Attack) ? ShieldOpinion.Attack
            : opinions.Contains(ShieldOpinion.None) ? ShieldOpinion.None
            : ShieldOpinion.Clean;
    }

    public void Dispose() => _http.Dispose();

    // From the outside: not at all while it keeps failing; within the time in all; once more after a failure that may pass.
    private static ResiliencePipeline<bool> NewPipeline(TimeSpan timeout, TimeProvider time) =>
        new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                FailureRatio = 0.5,
                MinimumThroughput = 5,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(15),
                ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Exception is { } e && IsFailure(e)),
            })
            .AddTimeout(timeout)
            .AddRetry(new RetryStrategyOptions<bool>
            {
                MaxRetryAttempts = 1,
                Delay = TimeSpan.FromMilliseconds(100),
                ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Exception is { } e && MayPass(e)),
            })
            .Build();

    private async Task<ShieldOpinion> AskAboutPieceAsync(ReadOnlyMemory<char> piece, TextSource source, string requestId, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(async token => await PostAsync(piece, source, token), cancellationToken)
                ? ShieldOpinion.Attack
                : ShieldOpinion.Clean;
        }
        catch (BrokenCircuitException)
        {
            return ShieldOpinion.None; // the log has what broke it
        }
        catch (Exception e) when (IsFailure(e))
        {
            // Never the exception's own text, which could quote an answer that quotes the prompt.
            LogFailure(_logger, requestId, e is HttpRequestException { StatusCode: { } status } ? (int)status : null, e.GetType().Name);
            return ShieldOpinion.None;
        }
    }

    private async Task<bool> PostAsync(ReadOnlyMemory<char> piece, TextSource source, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _uri) { Content = new ReadOnlyMemoryContent(Write(piece.Span, source)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (_options.ApiKey is { } key)
        {
            request.Headers.TryAddWithoutValidation("Ocp-Apim-Subscription-Key", key);
        }
        else
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await _credential.Value.GetTokenAsync(Scope, cancellationToken)).Token);
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException(message: null, inner: null, response.StatusCode);
        }

        await response.Content.LoadIntoBufferAsync(LongestAnswer, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var answer = await JsonDocument.ParseAsync(stream, default, cancellationToken);
        return Read(answer.RootElement, source) ?? throw new JsonException();
    }

    private static ReadOnlyMemory<byte> Write(ReadOnlySpan<char> text, TextSource source)
    {
        var body = new ArrayBufferWriter<byte>(text.Length + 64);
        using var writer = new Utf8JsonWriter(body);
        writer.WriteStartObject();
        if (source == TextSource.User)
        {
            writer.WriteString("userPrompt"u8, text);
        }
        else
        {
            writer.WriteStartArray("documents"u8);
            writer.WriteStringValue(text);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.Flush();
        return body.WrittenMemory;
    }

    /// <summary>Whether the answer speaks of an attack; null when it is no answer to what was asked.</summary>
    private static bool? Read(JsonElement answer, TextSource source)
    {
        if (answer.ValueKind != JsonValueKind.Object
            || !answer.TryGetProperty(source == TextSource.User ? "userPromptAnalysis"u8 : "documentsAnalysis"u8, out var analysis))
        {
            return null;
        }

        if (source == TextSource.Document)
        {
            if (analysis.ValueKind != JsonValueKind.Array || analysis.GetArrayLength() != 1)
            {
                return null;
            }

            analysis = analysis[0];
        }

        return analysis.ValueKind != JsonValueKind.Object || !analysis.TryGetProperty("attackDetected"u8, out var detected) ? null
            : detected.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };
    }

    private static bool IsFailure(Exception exception) =>
        exception is HttpRequestException or IOException or JsonException or TimeoutRejectedException or AuthenticationFailedException;

    // An answer that makes no sense and a refusal of our credential will not change by asking again.
    private static bool MayPass(Exception exception) => exception switch
    {
        HttpRequestException { StatusCode: { } status } => (int)status is 408 or 429 or >= 500,
        HttpRequestException or IOException => true,
        _ => false,
    };

    [LoggerMessage(LogLevel.Warning, "Prompt Shields gave no opinion on request {RequestId} (status {Status}, {Fault})")]
    private static partial void LogFailure(ILogger logger, string requestId, int? status, string fault);
}
