using System.Net;
using AiFunctions.Gateway.Errors;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>An upstream's answer, its body still on the way. Disposing of it early gives up the call.</summary>
internal sealed class UpstreamResponse(HttpResponseMessage response, SilenceTimer silence) : IDisposable
{
    private Stream? _body;

    /// <summary>Measures the call, and ends with it; null when nobody does.</summary>
    public UpstreamCall? Call { get; set; }

    public HttpStatusCode Status => response.StatusCode;

    public bool IsEventStream =>
        string.Equals(response.Content.Headers.ContentType?.MediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase);

    public int? RetryAfterSeconds => (int?)response.Headers.RetryAfter?.Delta?.TotalSeconds;

    /// <summary>Reads what has come of the body; 0 at its end.</summary>
    /// <exception cref="GatewayException">The upstream broke off or stayed silent too long.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        silence.Reset();
        try
        {
            _body ??= await response.Content.ReadAsStreamAsync(silence.Token);
            return await _body.ReadAsync(buffer, silence.Token);
        }
        catch (Exception e) when (silence.Explain(e) is { } error)
        {
            Call?.Fail(error);
            throw new GatewayException(error, e);
        }
        finally
        {
            silence.Pause();
        }
    }

    public void Dispose()
    {
        response.Dispose();
        silence.Dispose();
        Call?.Dispose();
    }
}
