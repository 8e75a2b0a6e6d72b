using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using AiFunctions.Gateway.Clients;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace AiFunctions.Gateway.ContentSafety;

/// <summary>Asks one operation of Azure AI Content Safety, over REST.</summary>
/// <remarks>
/// A failure is no answer, never an exception. A service that keeps failing is not asked for a while, so that it does not add its
/// time-out to each request that has a question.
/// </remarks>
internal sealed partial class ContentSafetyConnection : IDisposable
{
    private const string ApiVersion = "?api-version=2024-09-01";
    private const int LongestAnswer = 64 * 1024;
    private static readonly TokenRequestContext Scope = new(["https://cognitiveservices.azure.com/.default"]);

    private readonly ContentSafetyOptions _options;
    private readonly string _operation;
    private readonly Uri? _uri;
    private readonly Lazy<TokenCredential> _credential;
    private readonly ILogger _logger;
    private readonly HttpMessageInvoker _http;
    private readonly ResiliencePipeline _pipeline;

    /// <param name="options">Valid options.</param>
    /// <param name="operation">The operation, such as <c>text:analyze</c>.</param>
    /// <param name="credential">Used when the options have no key.</param>
    /// <param name="time">Measures the time-out.</param>
    /// <param name="logger">Gets the failures, without what was asked.</param>
    public ContentSafetyConnection(ContentSafetyOptions options, string operation, Lazy<TokenCredential> credential, TimeProvider time, ILogger logger)
    {
        _options = options;
        _operation = operation;
        _uri = options.Endpoint is { } endpoint ? new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/contentsafety/{operation}{ApiVersion}") : null;
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
        _pipeline = NewPipeline(TimeSpan.FromMilliseconds(options.TimeoutMilliseconds), time);
    }

    /// <summary>Asks.</summary>
    /// <param name="body">The question, as the operation's JSON.</param>
    /// <param name="read">Reads the answer; null when it is no answer to what was asked.</param>
    /// <param name="requestId">For the log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    /// <returns>What the service said; null when it gave no answer.</returns>
    public async Task<bool?> AskAsync(ReadOnlyMemory<byte> body, Func<JsonElement, bool?> read, string requestId, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(async token => await PostAsync(body, read, token), cancellationToken);
        }
        catch (BrokenCircuitException)
        {
            return null; // the log has what broke it
        }
        catch (Exception e) when (IsFailure(e))
        {
            // Never the exception's own text, which could quote an answer that quotes the question.
            LogFailure(_logger, _operation, requestId, e is HttpRequestException { StatusCode: { } status } ? (int)status : null, e.GetType().Name);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // From the outside: not at all while it keeps failing; within the time in all; once more after a failure that may pass.
    private static ResiliencePipeline NewPipeline(TimeSpan timeout, TimeProvider time) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = 5,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(15),
                ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Exception is { } e && IsFailure(e)),
            })
            .AddTimeout(timeout)
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = 1,
                Delay = TimeSpan.FromMilliseconds(100),
                ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Exception is { } e && MayPass(e)),
            })
            .Build();

    private async Task<bool> PostAsync(ReadOnlyMemory<byte> body, Func<JsonElement, bool?> read, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _uri) { Content = new ReadOnlyMemoryContent(body) };
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
        return read(answer.RootElement) ?? throw new JsonException();
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

    [LoggerMessage(LogLevel.Warning, "Content Safety gave no opinion ({Operation}) on request {RequestId} (status {Status}, {Fault})")]
    private static partial void LogFailure(ILogger logger, string operation, string requestId, int? status, string fault);
}
