using AiFunctions.Gateway.Upstreams.Kinds;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>What upstreams are asked for.</summary>
/// <param name="Model">The model.</param>
/// <param name="Operation">What OpenTelemetry's conventions call the operation.</param>
/// <param name="Path">The path below an upstream's address, without a leading slash.</param>
/// <param name="Body">The body for an upstream; called for each one that is asked.</param>
/// <param name="IsServedBy">Whether upstreams of a kind have the operation.</param>
internal readonly record struct UpstreamRequest(
    string Model, string Operation, string Path, Func<Upstream, ReadOnlyMemory<byte>> Body, Func<UpstreamKind, bool> IsServedBy);
