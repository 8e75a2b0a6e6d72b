using AiFunctions.Gateway.Errors;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>Why an upstream has not answered.</summary>
/// <param name="Error">What the caller is told, if no other answers.</param>
/// <param name="IsWorthFailover">Whether another may do better with the same request.</param>
/// <param name="MayHaveWorked">Whether it may have worked on the request before it failed.</param>
internal sealed record UpstreamFault(GatewayError Error, bool IsWorthFailover, bool MayHaveWorked);
