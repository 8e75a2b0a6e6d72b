using System.Collections.Concurrent;
using System.Threading.Channels;
using AiFunctions.Gateway.Clients;

namespace AiFunctions.Gateway.KeyRotation.Use;

/// <summary>Uses that are still to be stored: each key's first of a day on this instance.</summary>
internal sealed class KeyUseQueue(TimeProvider time)
{
    private const int Capacity = 10_000;
    private const int MostKeys = 100_000;

    private readonly ConcurrentDictionary<string, DateOnly> _last = new(StringComparer.Ordinal);
    private readonly Channel<KeyUse> _channel = Channel.CreateBounded<KeyUse>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    public ChannelReader<KeyUse> Reader => _channel.Reader;

    /// <summary>Notes a use. Costs a look-up in memory when the key was used before on the same day.</summary>
    public void Add(ClientKey key)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (_last.TryGetValue(key.KeyId, out var last) && last >= today)
        {
            return;
        }

        if (_last.Count >= MostKeys)
        {
            _last.Clear(); // Those in use come back, each with one write too many.
        }

        // When the queue is full, the next use tries again.
        if (_channel.Writer.TryWrite(new KeyUse(key.ClientId, key.KeyId, today)))
        {
            _last[key.KeyId] = today;
        }
    }

    /// <summary>Takes no more.</summary>
    public void Complete() => _channel.Writer.TryComplete();
}
