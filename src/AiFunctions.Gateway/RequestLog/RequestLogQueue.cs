using System.Threading.Channels;
using AiFunctions.Gateway.Diagnostics;
using AiFunctions.Gateway.Records;

namespace AiFunctions.Gateway.RequestLog;

/// <summary>Rows that are still to be stored. When there are too many, further ones are dropped and counted.</summary>
internal sealed class RequestLogQueue : IRequestRecordSink
{
    private const int Capacity = 10_000;
    private readonly Channel<RequestLogEntity> _channel = Channel.CreateBounded<RequestLogEntity>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    public ChannelReader<RequestLogEntity> Reader => _channel.Reader;

    /// <inheritdoc/>
    public void Add(RequestRecord record)
    {
        if (!_channel.Writer.TryWrite(RequestLogEntity.From(record)))
        {
            GatewayMetrics.RecordsDropped.Add(1);
        }
    }

    /// <summary>Takes no more.</summary>
    public void Complete() => _channel.Writer.TryComplete();
}
