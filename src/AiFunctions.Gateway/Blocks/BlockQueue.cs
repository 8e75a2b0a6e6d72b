using System.Threading.Channels;

namespace AiFunctions.Gateway.Blocks;

/// <summary>Blocks of this instance that are still to be stored. When it is full, further ones hold here only.</summary>
internal sealed class BlockQueue
{
    private const int Capacity = 1_000;
    private readonly Channel<Block> _channel = Channel.CreateBounded<Block>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    public ChannelReader<Block> Reader => _channel.Reader;

    /// <summary>Adds a block; false when there is no room.</summary>
    public bool TryAdd(Block block) => _channel.Writer.TryWrite(block);

    /// <summary>Takes no more.</summary>
    public void Complete() => _channel.Writer.TryComplete();
}
