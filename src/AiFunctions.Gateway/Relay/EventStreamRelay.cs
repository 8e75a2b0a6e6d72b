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

    /// <summary>How much may come before the answer itself begins, in bytes: signs of life, and events without a choice.</summary>
    public const int LongestPrelude = 256 * 1024;

    private const int FirstBufferSize = 4096;

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>Relays until the stream's end. A stream that breaks after the answer has begun ends with an error event.</summary>
    /// <param name="upstream">The answer.</param>
    /// <param name="context">The caller's request.</param>
    /// <param name="stream">What the events pass through.</param>
    /// <param name="keepAlive">Speaks to the caller while the upstream is silent.</param>
    /// <returns>Whether the upstream ended its stream in good order.</returns>
    /// <exception cref="GatewayException">The stream failed before the answer began: nothing of it was sent.</exception>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public static async Task<bool> RelayAsync(UpstreamResponse upstream, HttpContext context, RelayedStream stream, StreamKeepAlive keepAlive)
    {
        try
        {
            await RelayEventsAsync(upstream, new Output(context.Response, stream, context.RequestAborted), stream, keepAlive);
            return true;
        }
        catch (GatewayException e) when (stream.HasBegun && context.Response.HasStarted)
        {
            await FailAsync(e.Error, context);
            return false;
        }
    }

    /// <summary>Ends a stream that has been started with an event that tells an error.</summary>
    public static async Task FailAsync(GatewayError error, HttpContext context)
    {
        RequestObservation.Of(context)?.End(RequestEnd.StreamError, error.Code);
        ErrorShape.Of(context).WriteEvent(context.Response.BodyWriter, error, ToldRequestId.Of(context));
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Says that a response is a stream of events.</summary>
    public static void Begin(HttpResponse response)
    {
        if (!response.HasStarted)
        {
            response.ContentType = "text/event-stream";
            response.Headers["X-Accel-Buffering"] = "no"; // nginx and others in front would gather events
        }
    }

    private static async Task RelayEventsAsync(UpstreamResponse upstream, Output output, RelayedStream stream, StreamKeepAlive keepAlive)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferSize);
        var filled = 0;
        var splitter = new SseEventSplitter();
        var isFirst = true;
        var hasSpoken = false;
        try
        {
            while (true)
            {
                if (filled + EndOfEvent.Length > buffer.Length)
                {
                    buffer = Grow(buffer, filled);
                }

                keepAlive.Rest(hasSpoken);
                hasSpoken = false;
                var read = await ReadAsync(upstream, buffer.AsMemory(filled), keepAlive);
                filled += read;
                if (isFirst && read > 0)
                {
                    // Some servers mark the encoding of a text that can have only one.
                    if (filled < ByteOrderMark.Length && ByteOrderMark.StartsWith(buffer.AsSpan(0, filled)))
                    {
                        continue;
                    }

                    isFirst = false;
                    filled = Skip(buffer, filled, buffer.AsSpan(0, filled).StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0);
                }

                if (read == 0 && filled > 0)
                {
                    EndOfEvent.CopyTo(buffer.AsSpan(filled)); // the last event may lack its blank line
                    filled += EndOfEvent.Length;
                }

                var outcome = RelayOutcome.Waits;
                GatewayException? failure = null;
                while (outcome == RelayOutcome.Waits)
                {
                    outcome = CopyEvents(output, stream, ref splitter, buffer.AsSpan(0, filled), out var relayed, out failure);
                    if (relayed > 0)
                    {
                        filled = Skip(buffer, filled, relayed);
                        hasSpoken |= await output.FlushAsync();
                    }

                    if (outcome == RelayOutcome.Waits)
                    {
                        await stream.GoOnAsync(output.Writer);
                        hasSpoken |= await output.FlushAsync();
                    }
                }

                if (outcome == RelayOutcome.Failed)
                {
                    throw failure!;
                }

                if (outcome == RelayOutcome.Done)
                {
                    Require(stream.HasBegun);
                    return;
                }

                if (read == 0)
                {
                    Require(stream.HasBegun && stream.IsWhole); // else the end came too early
                    stream.Complete(output.Writer);
                    await output.FlushAsync();
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

    private static ReadOnlySpan<byte> EndOfEvent => "\n\n"u8;

    private static async ValueTask<int> ReadAsync(UpstreamResponse upstream, Memory<byte> buffer, StreamKeepAlive keepAlive)
    {
        try
        {
            return await upstream.ReadAsync(buffer);
        }
        finally
        {
            await keepAlive.ResumeAsync();
        }
    }

    private static void Require(bool isGood)
    {
        if (!isGood)
        {
            throw new GatewayException(GatewayErrors.UpstreamError);
        }
    }

    private static int Skip(byte[] buffer, int filled, int count)
    {
        if (count > 0)
        {
            buffer.AsSpan(count, filled - count).CopyTo(buffer);
        }

        return filled - count;
    }

    private static RelayOutcome CopyEvents(
        Output output, RelayedStream stream, ref SseEventSplitter splitter, ReadOnlySpan<byte> bytes, out int relayed, out GatewayException? failure)
    {
        relayed = 0;
        failure = null;
        while (splitter.TryFindEnd(bytes[relayed..], out var length))
        {
            var sseEvent = bytes.Slice(relayed, length);
            bool isWritten;
            try
            {
                isWritten = stream.TryWriteEvent(sseEvent, output.Writer);
                output.Bound();
            }
            catch (GatewayException e)
            {
                failure = e; // told after the events before it, which have not left yet
                return RelayOutcome.Failed;
            }

            relayed += length;
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
        Require(filled < LongestEvent);
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return larger;
    }

    /// <summary>Where events go: to the caller, once the answer has begun.</summary>
    private sealed class Output(HttpResponse response, RelayedStream stream, CancellationToken cancellationToken)
    {
        private ArrayBufferWriter<byte>? _prelude = new();

        public IBufferWriter<byte> Writer => _prelude ?? (IBufferWriter<byte>)response.BodyWriter;

        /// <summary>Sees to it that what comes before the answer does not grow without end.</summary>
        public void Bound() => Require(stream.HasBegun || _prelude is null || _prelude.WrittenCount <= LongestPrelude);

        /// <summary>Sends what was written, unless the answer has not begun.</summary>
        /// <returns>Whether it was sent.</returns>
        public async ValueTask<bool> FlushAsync()
        {
            if (_prelude is { } prelude)
            {
                if (!stream.HasBegun)
                {
                    return false;
                }

                Begin(response);
                response.BodyWriter.Write(prelude.WrittenSpan);
                _prelude = null;
            }

            await response.BodyWriter.FlushAsync(cancellationToken);
            return true;
        }
    }
}
