using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AiFunctions.Gateway.AnomalyDetection.Activity;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace AiFunctions.Gateway.AnomalyDetection.LogAnalytics;

/// <summary>Reads activity from the Log Analytics workspace behind Application Insights, with one query.</summary>
/// <remarks>REST: https://learn.microsoft.com/azure/azure-monitor/logs/api/overview. The identity needs the role Log Analytics Reader on the workspace.</remarks>
internal sealed partial class LogAnalyticsActivitySource : IActivitySource, IDisposable
{
    private const int LongestAnswer = 100 * 1024 * 1024; // the service's own limit
    private static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan TryTime = QueryTime + TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AllTime = TimeSpan.FromSeconds(270); // before the next scan
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly Uri _uri;
    private readonly TokenRequestContext _scope;
    private readonly Lazy<TokenCredential> _credential;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HttpMessageInvoker _http;
    private readonly ResiliencePipeline<JsonDocument> _pipeline;

    public LogAnalyticsActivitySource(
        IOptions<AnomalyDetectionOptions> options, Lazy<TokenCredential> credential, TimeProvider time, ILogger<LogAnalyticsActivitySource> logger)
    {
        var endpoint = options.Value.QueryEndpoint.GetLeftPart(UriPartial.Authority);
        _uri = new Uri($"{endpoint}/v1/workspaces/{options.Value.WorkspaceId}/query");
        _scope = new TokenRequestContext([$"{endpoint}/.default"]);
        _credential = credential;
        _time = time;
        _logger = logger;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // a redirect would take the credential elsewhere
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 16,
        });
        _pipeline = NewPipeline();
    }

    /// <inheritdoc/>
    public async Task<ActivityReading> ReadAsync(ActivityPeriod period, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _pipeline.ExecuteAsync(async token => await PostAsync(period, token), cancellationToken);
            return LogAnalyticsAnswer.Read(answer.RootElement, period);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or TimeoutRejectedException or AuthenticationFailedException)
        {
            // Never the exception's own text, which could quote the answer.
            var status = (e as HttpRequestException)?.StatusCode;
            LogFailed(_logger, (int?)status, e.GetType().Name, status switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "give the identity the role Log Analytics Reader",
                HttpStatusCode.NotFound => "check AnomalyDetection__WorkspaceId",
                _ => "the next scan tries again",
            });
            throw new ActivityUnavailableException("Log Analytics cannot be read.", e);
        }
    }

    public void Dispose() => _http.Dispose();

    // From the outside: all tries together, the pauses between them, and each try.
    private ResiliencePipeline<JsonDocument> NewPipeline() => new ResiliencePipelineBuilder<JsonDocument> { TimeProvider = _time }
        .AddTimeout(AllTime)
        .AddRetry(new RetryStrategyOptions<JsonDocument>
        {
            MaxRetryAttempts = 3,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromSeconds(2),
            UseJitter = true,
            ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Exception is { } e && MayPass(e)),
            DelayGenerator = attempt => ValueTask.FromResult((attempt.Outcome.Exception as AskedToWaitException)?.Delay),
        })
        .AddTimeout(TryTime)
        .Build();

    private async Task<JsonDocument> PostAsync(ActivityPeriod period, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _uri)
        {
            Content = JsonContent.Create(new { query = ActivityQuery.For(period), timespan = ActivityQuery.Timespan(period) }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await _credential.Value.GetTokenAsync(_scope, cancellationToken)).Token);
        request.Headers.Add("Prefer", string.Create(CultureInfo.InvariantCulture, $"wait={QueryTime.TotalSeconds:0}"));
        using var response = await _http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw PauseOf(response) is { } pause
                ? new AskedToWaitException(response.StatusCode, pause)
                : new HttpRequestException(message: null, inner: null, response.StatusCode);
        }

        await response.Content.LoadIntoBufferAsync(LongestAnswer, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        return await JsonDocument.ParseAsync(stream, default, cancellationToken);
    }

    private TimeSpan? PauseOf(HttpResponseMessage response)
    {
        var after = response.Headers.RetryAfter;
        var pause = after?.Delta ?? after?.Date - _time.GetUtcNow();
        return pause is { } given ? TimeSpan.FromTicks(Math.Clamp(given.Ticks, 0, LongestPause.Ticks)) : null;
    }

    // A query that takes too long will do so again; so will one that is refused.
    private static bool MayPass(Exception exception) => exception switch
    {
        HttpRequestException { StatusCode: { } status } => (int)status is 408 or 429 or 500 or 502 or 503,
        HttpRequestException or IOException => true,
        _ => false,
    };

    [LoggerMessage(LogLevel.Warning, "Log Analytics could not be read (status {Status}, {Fault}): {Advice}")]
    private static partial void LogFailed(ILogger logger, int? status, string fault, string advice);

    private sealed class AskedToWaitException(HttpStatusCode status, TimeSpan delay) : HttpRequestException(message: null, inner: null, status)
    {
        public TimeSpan Delay => delay;
    }
}
