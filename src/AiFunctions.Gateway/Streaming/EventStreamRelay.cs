using System.Buffers;
using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Upstreams;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Streaming;

/// <summary>Passes an upstream's event stream on: whole events only, each as soon as it has come, byte for byte.</summary>
internal static class EventStreamRelay
{
    /// <summary>The longest event that is passed on, in bytes. Model servers send a few hundred.</summary>
    public const int LongestEvent = 4 * 1024 * 1024;

    private const int FirstBufferSize = 4096;

    /// <summary>Relays until the stream's end. A stream that breaks after its first event ends with an error event.</summary>
    /// <exception cref="GatewayException">The stream failed before its first event, so an error response can still be sent.</exception>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public static async Task RelayAsync(UpstreamResponse upstream, HttpContext context)
    {
        var response = context.Response;
        try
        {
            await RelayEventsAsync(upstream, response, context.RequestAborted);
        }
        catch (GatewayException e) when (response.HasStarted)
        {
            await WriteErrorEventAsync(response, e.Error, context);
        }
    }

    private static async Task RelayEventsAsync(UpstreamResponse upstream, HttpResponse response, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferSize);
        var filled = 0;
        var splitter = new SseEventSplitter();
        try
        {
            while (true)
            {
                if (filled == buffer.Length)
                {
                    buffer = Grow(buffer, filled);
                }

                var read = await upstream.ReadAsync(buffer.AsMemory(filled));
                if (read == 0)
                {
                    throw new GatewayException(GatewayErrors.UpstreamError); // the end came before [DONE]
                }

                filled += read;
                var done = CopyEvents(response, ref splitter, buffer.AsSpan(0, filled), out var relayed, out var error);
                if (relayed > 0)
                {
                    buffer.AsSpan(relayed, filled - relayed).CopyTo(buffer);
                    filled -= relayed;
                    await response.BodyWriter.FlushAsync(cancellationToken);
                }

                if (error is not null)
                {
                    throw new GatewayException(error);
                }

                if (done)
                {
                    return;
                }
            }
        }
        finally
        {
            // It held a client's text; another client's stream may get it next.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static bool CopyEvents(HttpResponse response, ref SseEventSplitter splitter, ReadOnlySpan<byte> bytes, out int relayed, out GatewayError? error)
    {
        relayed = 0;
        error = null;
        while (splitter.TryFindEnd(bytes[relayed..], out var length))
        {
            var sseEvent = bytes.Slice(relayed, length);
            if (SseData.IsError(sseEvent))
            {
                error = GatewayErrors.UpstreamError; // in our words, not the upstream's
                return true;
            }

            if (!response.HasStarted)
            {
                response.ContentType = "text/event-stream";
                response.Headers["X-Accel-Buffering"] = "no"; // nginx and others in front would gather events
            }

            response.BodyWriter.Write(sseEvent);
            relayed += length;
            if (SseData.IsDone(sseEvent))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[] Grow(byte[] buffer, int filled)
    {
        if (filled >= LongestEvent)
        {
            throw new GatewayException(GatewayErrors.UpstreamError);
        }

        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return larger;
    }

    private static async Task WriteErrorEventAsync(HttpResponse response, GatewayError error, HttpContext context)
    {
        response.BodyWriter.Write("data: "u8);
        await using (var writer = new Utf8JsonWriter(response.BodyWriter))
        {
            error.WriteTo(writer, context.TraceIdentifier);
        }

        response.BodyWriter.Write("\n\n"u8);
        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
