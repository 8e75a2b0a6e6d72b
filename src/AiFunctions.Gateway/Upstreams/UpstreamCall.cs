using System.Diagnostics;
using AiFunctions.Gateway.Diagnostics;
using AiFunctions.Gateway.Errors;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>Measures one call of an upstream, from the request to the last byte of the answer, and has its span. Ends when it is disposed of.</summary>
internal sealed class UpstreamCall : IDisposable
{
    private readonly Upstream _upstream;
    private readonly string _operation;
    private readonly string? _model;
    private readonly Activity? _span;
    private readonly long _started = Stopwatch.GetTimestamp();
    private string? _error;
    private bool _isOver;

    /// <summary>Begins a call.</summary>
    public UpstreamCall(Upstream upstream, string operation, string? model)
    {
        _upstream = upstream;
        _operation = operation;
        _model = model;
        _span = StartSpan();
    }

    /// <summary>It answered with a status.</summary>
    public void Answer(int status)
    {
        _span?.SetTag("http.response.status_code", status);
        if (status >= 400)
        {
            _error = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    /// <summary>It failed.</summary>
    public void Fail(GatewayError error) => _error = error.Code;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        var tags = new TagList
        {
            { GenAiConventions.OperationName, _operation },
            { GenAiConventions.ProviderName, _upstream.Kind.ProviderName },
            { GenAiConventions.RequestModel, _model },
            { "aifunctions.upstream", _upstream.Name },
        };
        if (_error is not null)
        {
            tags.Add(GenAiConventions.ErrorType, _error);
            _span?.SetTag(GenAiConventions.ErrorType, _error);
            _span?.SetStatus(ActivityStatusCode.Error);
        }

        GatewayMetrics.OperationDuration.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, tags);
        _span?.Dispose();
    }

    private Activity? StartSpan()
    {
        var span = GatewayTracing.Source.StartActivity($"{_operation} {_model}".TrimEnd(), ActivityKind.Client);
        if (span is not null)
        {
            span.SetTag(GenAiConventions.OperationName, _operation);
            span.SetTag(GenAiConventions.ProviderName, _upstream.Kind.ProviderName);
            span.SetTag(GenAiConventions.RequestModel, _model);
            span.SetTag("aifunctions.upstream", _upstream.Name);
            span.SetTag("server.address", _upstream.Host);
            span.SetTag("server.port", _upstream.Port);
        }

        return span;
    }
}
