using System.Buffers;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Observation;
using AiFunctions.Gateway.RequestId;
using AiFunctions.Gateway.Upstreams;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Relay;

/// <summary>Passes an upstream's event stream on: whole events only, each as soon as it has come.</summary>
internal static class EventStreamRelay
{
    /// <summary>The longest event that is passed on, in bytes. Model servers send a few hundred.</summary>
    public const int LongestEvent = 4 * 1024 * 1024;

    private const int FirstBufferSize = 4096;

    /// <summary>Relays until the stream's end. A stream that breaks after its first event ends with an error event.</summary>
    /// <param name="upstream">The answer.</param>
    /// <param name="context">The caller's request.</param>
    /// <param name="stream">What the events pass through.</param>
    /// <returns>Whether the upstream ended its stream in good order.</returns>
    /// <exception cref="GatewayException">The stream failed before its first event, so an error response can still be sent.</exception>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public static async Task<bool> RelayAsync(UpstreamResponse upstream, HttpContext context, RelayedStream stream)
    {
        var response = context.Response;
        try
        {
            await RelayEventsAsync(upstream, response, stream, context.RequestAborted);
            return true;
        }
        catch (GatewayException e) when (response.HasStarted)
        {
            await WriteErrorEventAsync(response, e.Error, context);
            return false;
        }
    }

    private static async Task RelayEventsAsync(UpstreamResponse upstream, HttpResponse response, RelayedStream stream, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferSize);
        var filled = 0;
        var splitter = new SseEventSplitter();
        var finished = false;
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
                    if (!finished && !stream.IsEnd(buffer.AsSpan(0, filled)))
                    {
                        throw new GatewayException(GatewayErrors.UpstreamError); // the end came too early
                    }

                    if (filled > 0 && !stream.TryWriteEvent(buffer.AsSpan(0, filled), response.BodyWriter)) // an end that lacks its blank line
                    {
                        await stream.GoOnAsync(response.BodyWriter);
                    }

                    stream.Complete(response.BodyWriter);
                    await response.BodyWriter.FlushAsync(cancellationToken);
                    return;
                }

                filled += read;
                var outcome = RelayOutcome.Waits;
                GatewayException? failure = null;
                while (outcome == RelayOutcome.Waits)
                {
                    outcome = CopyEvents(response, stream, ref splitter, buffer.AsSpan(0, filled), ref finished, out var relayed, out failure);
                    if (relayed > 0)
                    {
                        buffer.AsSpan(relayed, filled - relayed).CopyTo(buffer);
                        filled -= relayed;
                        await response.BodyWriter.FlushAsync(cancellationToken);
                    }

                    if (outcome == RelayOutcome.Waits)
                    {
                        await stream.GoOnAsync(response.BodyWriter);
                        await response.BodyWriter.FlushAsync(cancellationToken);
                    }
                }

                if (outcome == RelayOutcome.Failed)
                {
                    throw failure!;
                }

                if (outcome == RelayOutcome.Done)
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

    private static RelayOutcome CopyEvents(
        HttpResponse response,
        RelayedStream stream,
        ref SseEventSplitter splitter,
        ReadOnlySpan<byte> bytes,
        ref bool finished,
        out int relayed,
        out GatewayException? failure)
    {
        relayed = 0;
        failure = null;
        while (splitter.TryFindEnd(bytes[relayed..], out var length))
        {
            var sseEvent = bytes.Slice(relayed, length);
            if (SseData.IsError(sseEvent))
            {
                failure = new GatewayException(GatewayErrors.UpstreamError); // in our words, not the upstream's
                return RelayOutcome.Failed;
            }

            if (!response.HasStarted)
            {
                response.ContentType = "text/event-stream";
                response.Headers["X-Accel-Buffering"] = "no"; // nginx and others in front would gather events
            }

            bool isWritten;
            try
            {
                isWritten = stream.TryWriteEvent(sseEvent, response.BodyWriter);
            }
            catch (GatewayException e)
            {
                failure = e; // told after the events before it, which have not left yet
                return RelayOutcome.Failed;
            }

            relayed += length;
            finished |= stream.Completes(sseEvent);
            if (!isWritten)
            {
                return RelayOutcome.Waits;
            }

            if (stream.IsEnd(sseEvent))
            {
                return RelayOutcome.Done;
            }
        }

        return RelayOutcome.NeedsMore;
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
        RequestObservation.Of(context)?.End(RequestEnd.StreamError, error.Code);
        ErrorShape.Of(context).WriteEvent(response.BodyWriter, error, ToldRequestId.Of(context));
        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
