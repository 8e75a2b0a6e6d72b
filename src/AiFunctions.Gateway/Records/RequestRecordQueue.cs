using System.Threading.Channels;
using AiFunctions.Gateway.Diagnostics;

namespace AiFunctions.Gateway.Records;

/// <summary>Records on their way from the requests to those who keep them. When too many wait, further ones are dropped and counted.</summary>
internal sealed class RequestRecordQueue
{
    /// <summary>How many may wait: some 10 MB.</summary>
    public const int Capacity = 20_000;

    private readonly Channel<QueuedRecord> _channel;
    private long _dropped;

    public RequestRecordQueue()
        : this(Capacity)
    {
    }

    internal RequestRecordQueue(int capacity) =>
        _channel = Channel.CreateBounded<QueuedRecord>(new BoundedChannelOptions(capacity) { SingleReader = true });

    public ChannelReader<QueuedRecord> Reader => _channel.Reader;

    /// <summary>How many were dropped so far.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Adds a record. Never waits.</summary>
    /// <returns>False when it was dropped.</returns>
    public bool TryAdd(QueuedRecord record)
    {
        if (_channel.Writer.TryWrite(record))
        {
            return true;
        }

        Interlocked.Increment(ref _dropped);
        GatewayMetrics.RecordsDropped.Add(1);
        return false;
    }

    /// <summary>Takes no more.</summary>
    public void Complete() => _channel.Writer.TryComplete();
}
