using System.Buffers;
using AiFunctions.Gateway.Errors;

namespace AiFunctions.Gateway.Relay;

/// <summary>What <see cref="EventStreamRelay"/> passes a stream's events through.</summary>
internal abstract class RelayedStream
{
    /// <summary>Whether an event of the answer itself has come. Until then nothing is sent, so that another upstream can still be asked.</summary>
    public abstract bool HasBegun { get; }

    /// <summary>Whether the answer is whole, so that the stream may end without the event that ends it.</summary>
    public abstract bool IsWhole { get; }

    /// <summary>Whether an event is the one that ends the stream.</summary>
    public abstract bool IsEnd(ReadOnlySpan<byte> sseEvent);

    /// <summary>Writes an event to the caller.</summary>
    /// <returns>Whether it is done; if not, <see cref="GoOnAsync"/> waits for what it waits for.</returns>
    /// <exception cref="GatewayException">It reports a failure, or cannot be passed on. Nothing of it has been written.</exception>
    public abstract bool TryWriteEvent(ReadOnlySpan<byte> sseEvent, IBufferWriter<byte> output);

    /// <summary>Waits for what an event waits for, and writes the event.</summary>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public abstract Task GoOnAsync(IBufferWriter<byte> output);

    /// <summary>Writes what is still to be said when the stream has ended in good order.</summary>
    public abstract void Complete(IBufferWriter<byte> output);
}
