using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.RequestBody;

/// <summary>Reads one body, and no more of it than it may be long.</summary>
/// <param name="allowance">What it may hold.</param>
/// <param name="maxBytes">The most bytes of any body.</param>
internal sealed class BodyReader(BodyAllowance allowance, int maxBytes)
{
    // Until so much has come, an announced length is only a promise, and no memory is set aside for it.
    private const int FirstBytes = 64 * 1024;

    private readonly int _mostBytes = allowance.TakesMedia ? maxBytes : (int)Math.Min(maxBytes, allowance.MostBytes);
    private BodyMeter _meter;

    /// <summary>Reads the whole body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="BadHttpRequestException">The body breaks HTTP's rules, or did not arrive whole.</exception>
    /// <returns>A fresh array, never a pooled one: an upstream call that was given up may still be reading it for a while. Null when there is too much.</returns>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > _mostBytes)
        {
            return null;
        }

        var reader = request.BodyReader;
        var measured = 0L;
        while (true)
        {
            var read = await ReadAsync(reader, cancellationToken);
            _meter.Add(read.Buffer.Slice(measured));
            measured = read.Buffer.Length;
            if (measured > _mostBytes || !_meter.IsWithin(allowance))
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            if (request.ContentLength is { } length && measured >= FirstBytes)
            {
                return await ReadRestAsync(reader, read.Buffer, (int)length, cancellationToken);
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    // A long body is not kept in the reader's buffers as well.
    private async Task<ReadOnlyMemory<byte>?> ReadRestAsync(PipeReader reader, ReadOnlySequence<byte> first, int length, CancellationToken cancellationToken)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        first.CopyTo(bytes);
        var have = (int)first.Length;
        reader.AdvanceTo(first.End);
        while (true)
        {
            var read = await ReadAsync(reader, cancellationToken);
            if (read.Buffer.Length > length - have)
            {
                throw new BadHttpRequestException("The body is longer than it was announced to be.");
            }

            read.Buffer.CopyTo(bytes.AsSpan(have));
            have += (int)read.Buffer.Length;
            _meter.Add(read.Buffer);
            reader.AdvanceTo(read.Buffer.End);
            if (!_meter.IsWithin(allowance))
            {
                return null;
            }

            if (read.IsCompleted)
            {
                return have == length ? bytes : throw new BadHttpRequestException("The body is shorter than it was announced to be.");
            }
        }
    }

    // Of what a caller does wrong with its body, the server tells some by this exception, and others by what happened to fail: a chunk's size that no
    // number holds is a failure of input and output.
    private static async ValueTask<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is not (BadHttpRequestException or InvalidOperationException) && !cancellationToken.IsCancellationRequested)
        {
            throw new BadHttpRequestException("The body could not be read.", e);
        }
    }
}
