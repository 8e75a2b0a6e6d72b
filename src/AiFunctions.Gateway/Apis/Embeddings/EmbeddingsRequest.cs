using System.Buffers;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.Upstreams;

namespace AiFunctions.Gateway.Apis.Embeddings;

/// <summary>A request for embeddings, which upstreams get as it came.</summary>
internal sealed class EmbeddingsRequest(ReadOnlyMemory<byte> body) : ModelRequest
{
    /// <summary>None: only the input costs tokens.</summary>
    public override long MostOutputTokens => 0;

    /// <inheritdoc/>
    public override ReadOnlySequence<byte> For(UpstreamDialect dialect) => new(body);
}
