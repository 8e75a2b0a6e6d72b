using System.Buffers;
using AiFunctions.Gateway.Upstreams.Kinds;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>What upstreams are asked for.</summary>
/// <param name="Model">The model.</param>
/// <param name="Operation">What OpenTelemetry's conventions call the operation.</param>
/// <param name="Path">The path below an upstream's address, without a leading slash.</param>
/// <param name="Body">The body for an upstream that takes requests so; called for each try.</param>
/// <param name="IsServedBy">Whether upstreams of a kind have the operation.</param>
/// <param name="WaitAsync">Waits for an answer's head.</param>
internal readonly record struct UpstreamRequest(
    string Model,
    string Operation,
    string Path,
    Func<UpstreamDialect, ReadOnlySequence<byte>> Body,
    Func<UpstreamKind, bool> IsServedBy,
    Func<Task<UpstreamResponse>, Task<UpstreamResponse>> WaitAsync);
