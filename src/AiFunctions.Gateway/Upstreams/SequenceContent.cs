using System.Buffers;
using System.Net;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>A request's body in pieces, sent from where they are.</summary>
internal sealed class SequenceContent(ReadOnlySequence<byte> bytes) : HttpContent
{
    /// <summary>The pieces.</summary>
    public ReadOnlySequence<byte> Bytes => bytes;

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        foreach (var piece in bytes)
        {
            await stream.WriteAsync(piece, cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
