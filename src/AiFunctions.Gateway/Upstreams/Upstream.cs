using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using AiFunctions.Gateway.Diagnostics;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RequestId;
using AiFunctions.Gateway.Upstreams.Kinds;
using Azure.Core;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>A model server, and how it is called.</summary>
internal sealed class Upstream : IDisposable
{
    private static readonly ProductInfoHeaderValue UserAgent = new("AiFunctions", "1.0");

    private readonly UpstreamOptions _options;
    private readonly HttpMessageInvoker _http;
    private readonly Lazy<TokenCredential> _credential;
    private readonly TimeProvider _time;
    private readonly CancellationToken _shutdown;
    private readonly string _baseUrl;
    private readonly UpstreamDialects _dialects;

    public Upstream(UpstreamOptions options, HttpMessageHandler handler, Lazy<TokenCredential> credential, TimeProvider time, CancellationToken shutdown)
    {
        _shutdown = shutdown;
        _options = options;
        Kind = UpstreamKind.Of(options);
        _dialects = new UpstreamDialects(
            new UpstreamDialect(
                options.OutputLimitField == OutputLimitField.Auto ? Kind.LimitField(options) : options.OutputLimitField,
                options.StreamUsage != StreamUsage.Off),
            time);
        _http = new HttpMessageInvoker(handler);
        _credential = credential;
        _time = time;
        _baseUrl = (options.BaseUrl ?? Kind.DefaultAddress!).AbsoluteUri.TrimEnd('/') + "/";
        AnyModel = options.Models.Count == 0 || options.Models.Contains(UpstreamOptions.AnyModel);
        Models = [.. options.Models.Where(model => model != UpstreamOptions.AnyModel).Distinct(StringComparer.Ordinal)];
    }

    public string Name => _options.Name;

    public UpstreamKind Kind { get; }

    /// <summary>The host that it is at; null for the simulator.</summary>
    public string? Host => _options.BaseUrl?.IdnHost;

    /// <summary>The port that it is at; null for the simulator.</summary>
    public int? Port => _options.BaseUrl?.Port;

    public int Priority => _options.Priority;

    /// <summary>Whether it serves models beyond those it is configured with.</summary>
    public bool AnyModel { get; }

    /// <summary>The models that it is configured with by name.</summary>
    public IReadOnlyList<string> Models { get; }

    public bool Serves(string model) => AnyModel || Models.Contains(model, StringComparer.Ordinal);

    /// <summary>What may be added to requests for a model.</summary>
    public UpstreamDialect DialectFor(string model) => _dialects.For(model);

    /// <summary>Remembers what may be added, after a request that had more was refused and this was not.</summary>
    public void Learn(string model, UpstreamDialect dialect) => _dialects.Learn(model, dialect);

    /// <summary>Sends a request and returns when the answer's head has come, whatever its status.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path below the base address, without a leading slash.</param>
    /// <param name="json">The body, sent byte for byte; null for none. It must stay as it is: a call that was given up may still be reading it for a while.</param>
    /// <param name="requestId">Sent along, so that the two servers' records can be matched.</param>
    /// <param name="cancellationToken">Gives up the call, also while the answer is being read.</param>
    /// <exception cref="GatewayException">The upstream cannot be reached, broke off or stayed silent too long.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<UpstreamResponse> SendAsync(
        HttpMethod method, string path, ReadOnlySequence<byte>? json, string requestId, CancellationToken cancellationToken)
    {
        var silence = new SilenceTimer(TimeSpan.FromSeconds(_options.TimeoutSeconds), _time, _shutdown, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(method, _baseUrl + path)
            {
                // HTTP/2 where TLS can agree on it, HTTP/1.1 else.
                Version = HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher,
            };
            if (json is { } body)
            {
                request.Content = body.IsSingleSegment ? new ReadOnlyMemoryContent(body.First) : new SequenceContent(body);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            }

            request.Headers.UserAgent.Add(UserAgent);
            request.Headers.TryAddWithoutValidation(RequestIdMiddleware.HeaderName, requestId);
            if (GatewayTracing.TraceParent is { } parent)
            {
                request.Headers.TryAddWithoutValidation("traceparent", parent);
            }

            foreach (var (name, value) in _options.Headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            await Kind.AuthorizeAsync(request, _options, _credential, silence.Token);
            var response = await _http.SendAsync(request, silence.Token);
            return new UpstreamResponse(response, silence, _time);
        }
        catch (Exception e)
        {
            var error = silence.Explain(e);
            silence.Dispose();
            if (error is null)
            {
                throw;
            }

            throw new GatewayException(error, e);
        }
    }

    public void Dispose() => _http.Dispose();
}
