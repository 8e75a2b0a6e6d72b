using AiFunctions.Gateway.Upstreams;

namespace AiFunctions.Gateway.Inference;

/// <summary>A request as upstreams get it: the caller's own bytes, but for what the limits demand. Not for concurrent use.</summary>
internal abstract class ModelRequest
{
    /// <summary>The most tokens that all choices of the answer can have together.</summary>
    public abstract long MostOutputTokens { get; }

    /// <summary>Whether the caller wants usage reported in its stream.</summary>
    public abstract bool AsksForUsage { get; }

    /// <summary>The body for an upstream.</summary>
    public abstract ReadOnlyMemory<byte> For(Upstream upstream);
}
