using System.Net;

namespace AiFunctions.Gateway.Records;

/// <summary>A record that waits to be handed on.</summary>
/// <param name="Record">The record, but for its caller's hash.</param>
/// <param name="Caller">The caller's address, which goes no further than the hash; null where the transport has none.</param>
internal readonly record struct QueuedRecord(RequestRecord Record, IPAddress? Caller);
