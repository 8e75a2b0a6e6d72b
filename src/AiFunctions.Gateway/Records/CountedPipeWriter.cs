using System.IO.Pipelines;
using AiFunctions.Gateway.Observation;

namespace AiFunctions.Gateway.Records;

/// <summary>Passes everything on, and counts it.</summary>
internal sealed class CountedPipeWriter(PipeWriter inner, RequestObservation observation, TimeProvider time) : PipeWriter
{
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes)
    {
        inner.Advance(bytes);
        Count(bytes);
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        Count(source.Length);
        return inner.WriteAsync(source, cancellationToken);
    }

    private void Count(int bytes)
    {
        if (observation.FirstByteAt == 0 && bytes > 0)
        {
            observation.FirstByteAt = time.GetTimestamp();
        }

        observation.ResponseBytes += bytes;
    }
}
