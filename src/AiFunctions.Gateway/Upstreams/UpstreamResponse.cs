using System.Globalization;
using System.IO.Compression;
using System.Net;
using AiFunctions.Gateway.Errors;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>An upstream's answer, its body still on the way. Disposing of it early gives up the call.</summary>
internal sealed class UpstreamResponse(HttpResponseMessage response, SilenceTimer silence, TimeProvider time) : IDisposable
{
    private const int SniffedLength = 64;

    private Stream? _body;
    private byte[] _ahead = [];

    /// <summary>Measures the call, and ends with it; null when nobody does.</summary>
    public UpstreamCall? Call { get; set; }

    public HttpStatusCode Status => response.StatusCode;

    private TimeSpan? RetryAfter
    {
        get
        {
            if (response.Headers.TryGetValues("retry-after-ms", out var values)
                && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < int.MaxValue)
            {
                return TimeSpan.FromMilliseconds(milliseconds);
            }

            return response.Headers.RetryAfter switch
            {
                { Delta: { } wait } => wait,
                { Date: { } date } => TimeSpan.FromSeconds(Math.Ceiling(Math.Max(0, (date - time.GetUtcNow()).TotalSeconds))),
                _ => null,
            };
        }
    }

    /// <summary>Looks at what has come first, whatever its label says: whether it is events, and no JSON.</summary>
    /// <remarks>Proxies label streams as text, or not at all.</remarks>
    /// <exception cref="GatewayException">The upstream broke off or stayed silent too long.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<bool> IsEventStreamAsync()
    {
        var media = response.Content.Headers.ContentType?.MediaType;
        if (string.Equals(media, "text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var buffer = new byte[SniffedLength];
        var filled = 0;
        int read;
        while (filled < buffer.Length && (read = await ReadAsync(buffer.AsMemory(filled))) > 0)
        {
            filled += read;
            if (buffer.AsSpan(0, filled).IndexOfAnyExcept("\uFEFF \t\r\n"u8) >= 0)
            {
                break;
            }
        }

        _ahead = buffer[..filled];
        return StartsWithField(_ahead.AsSpan().TrimStart("\uFEFF \t\r\n"u8));
    }

    /// <summary>Reads what has come of the body, decoded; 0 at its end.</summary>
    /// <exception cref="GatewayException">The upstream broke off or stayed silent too long.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (_ahead.Length > 0)
        {
            var length = Math.Min(_ahead.Length, buffer.Length);
            _ahead.AsSpan(0, length).CopyTo(buffer.Span);
            _ahead = _ahead[length..];
            return length;
        }

        silence.Reset();
        try
        {
            _body ??= Decode(await response.Content.ReadAsStreamAsync(silence.Token));
            return await _body.ReadAsync(buffer, silence.Token);
        }
        catch (Exception e) when (silence.Explain(e is InvalidDataException ? new IOException() : e) is { } error)
        {
            Call?.Fail(error);
            throw new GatewayException(error, e);
        }
        finally
        {
            silence.Pause();
        }
    }

    /// <summary>Reads why the upstream refused.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<UpstreamRefusal> ReadRefusalAsync()
    {
        var buffer = new byte[UpstreamRefusal.Longest];
        var filled = 0;
        try
        {
            int read;
            while (filled < buffer.Length && (read = await ReadAsync(buffer.AsMemory(filled))) > 0)
            {
                filled += read;
            }
        }
        catch (GatewayException)
        {
            // The status says enough.
        }

        return new UpstreamRefusal(Status, RetryAfter, buffer.AsSpan(0, filled));
    }

    public void Dispose()
    {
        response.Dispose();
        silence.Dispose();
        Call?.Dispose();
    }

    private static bool StartsWithField(ReadOnlySpan<byte> body) =>
        body.StartsWith("data:"u8) || body.StartsWith("event:"u8) || body.StartsWith("id:"u8) || body.StartsWith("retry:"u8) || body.StartsWith(":"u8);

    // Nobody has asked for it, but proxies do it all the same.
    private Stream Decode(Stream body) => response.Content.Headers.ContentEncoding.LastOrDefault()?.ToUpperInvariant() switch
    {
        null or "" or "IDENTITY" => body,
        "GZIP" or "X-GZIP" => new GZipStream(body, CompressionMode.Decompress),
        "DEFLATE" => new ZLibStream(body, CompressionMode.Decompress),
        "BR" => new BrotliStream(body, CompressionMode.Decompress),
        _ => throw new IOException("An encoding that is not known."),
    };
}
