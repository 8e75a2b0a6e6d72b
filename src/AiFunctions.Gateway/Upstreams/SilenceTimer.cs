using AiFunctions.Gateway.Errors;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>Ends an upstream call when the caller gives up, the upstream says nothing for too long, or the process stops.</summary>
internal sealed class SilenceTimer : IDisposable
{
    private readonly TimeSpan _longest;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _caller;
    private readonly CancellationToken _shutdown;

    public SilenceTimer(TimeSpan longest, TimeProvider time, CancellationToken shutdown, CancellationToken caller)
    {
        _longest = longest;
        _caller = caller;
        _shutdown = shutdown;
        _silence = new CancellationTokenSource(longest, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_silence.Token, caller, shutdown);
        Token = _either.Token;
    }

    /// <summary>Cancelled by the caller, by silence or by the process's end.</summary>
    public CancellationToken Token { get; }

    /// <summary>The upstream has said something: the time runs anew.</summary>
    public void Reset() => _silence.CancelAfter(_longest);

    /// <summary>While the caller is the slow one, the upstream's silence does not count.</summary>
    public void Pause() => _silence.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>The contract error that a fault of the call stands for; null when it stands for none, as when the caller gave up.</summary>
    public GatewayError? Explain(Exception exception)
    {
        if (_caller.IsCancellationRequested)
        {
            return null;
        }

        return exception switch
        {
            GatewayException known => known.Error,
            OperationCanceledException when _shutdown.IsCancellationRequested => GatewayErrors.Stopping,
            OperationCanceledException when _silence.IsCancellationRequested => GatewayErrors.UpstreamTimeout,
            OperationCanceledException => GatewayErrors.UpstreamUnavailable, // the handler's own time for connecting is over
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError } =>
                GatewayErrors.UpstreamUnavailable,
            HttpRequestException or IOException => GatewayErrors.UpstreamError,
            _ => null,
        };
    }

    public void Dispose()
    {
        _either.Dispose();
        _silence.Dispose();
    }
}
