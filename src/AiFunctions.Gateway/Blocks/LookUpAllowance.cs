namespace AiFunctions.Gateway.Blocks;

/// <summary>How many keys a second may still be looked up for callers from a blocked address.</summary>
/// <remarks>
/// The checksum in a key keeps typing errors and garbage from storage, but whoever has read how it is made can make up keys that
/// pass it. This bounds what they cost, and leaves room for a good client behind the same address whose key this instance has not seen yet.
/// </remarks>
internal sealed class LookUpAllowance
{
    /// <summary>Look-ups a second.</summary>
    public const int PerSecond = 10;

    private readonly Lock _lock = new();
    private long _second;
    private int _taken;

    /// <summary>Takes one; false when there is none left in this second.</summary>
    public bool TryTake(DateTimeOffset now)
    {
        lock (_lock)
        {
            var second = now.ToUnixTimeSeconds();
            _taken = second == _second ? _taken + 1 : 1;
            _second = second;
            return _taken <= PerSecond;
        }
    }
}
