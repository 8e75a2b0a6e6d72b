using System.Buffers;
using AiFunctions.Gateway.Upstreams;

namespace AiFunctions.Gateway.Inference;

/// <summary>A request as upstreams get it: the caller's own bytes, but for what the limits demand. Not for concurrent use.</summary>
internal abstract class ModelRequest
{
    /// <summary>The most tokens that all choices of the answer can have together.</summary>
    public abstract long MostOutputTokens { get; }

    /// <summary>Whether the caller wants the answer in events.</summary>
    public virtual bool IsStream => false;

    /// <summary>Whether the caller wants an answer that is JSON itself.</summary>
    public virtual bool WantsJson => false;

    /// <summary>Whether the caller wants usage reported in its stream.</summary>
    public virtual bool AsksForUsage => false;

    /// <summary>The body for an upstream that takes requests so.</summary>
    public abstract ReadOnlySequence<byte> For(UpstreamDialect dialect);
}
