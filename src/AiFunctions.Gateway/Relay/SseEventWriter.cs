using System.Buffers;

namespace AiFunctions.Gateway.Relay;

/// <summary>Writes an upstream's event to the caller: as it is, with changes, or not at all.</summary>
/// <param name="sseEvent">The whole event with the blank line that ends it.</param>
/// <param name="output">Where the caller's bytes go.</param>
/// <returns>Whether the event is done; if not, nothing more comes until what it waits for has come.</returns>
internal delegate bool SseEventWriter(ReadOnlySpan<byte> sseEvent, IBufferWriter<byte> output);
