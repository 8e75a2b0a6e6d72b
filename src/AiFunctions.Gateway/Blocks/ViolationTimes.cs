namespace AiFunctions.Gateway.Blocks;

/// <summary>When a subject's violations of a kind were: a ring of timestamps that grows up to the limit.</summary>
internal sealed class ViolationTimes(BlockSubject subject, ViolationKind kind)
{
    private const int FirstCapacity = 4;
    private long[] _ring = [];
    private int _first;
    private int _count;

    public BlockSubject Subject => subject;

    public ViolationKind Kind => kind;

    /// <summary>How many times there is memory for.</summary>
    public int Capacity => _ring.Length;

    /// <summary>The last violation's time.</summary>
    public long Newest { get; private set; }

    /// <summary>Adds a violation and drops those that have left the window.</summary>
    /// <param name="now">Its time.</param>
    /// <param name="window">The window's length, in the same unit.</param>
    /// <param name="limit">How many are kept at most, more than there are in the window before this one.</param>
    /// <returns>How many the window holds.</returns>
    public int Add(long now, long window, int limit)
    {
        while (_count > 0 && now - _ring[_first] >= window)
        {
            _first = (_first + 1) % _ring.Length;
            _count--;
        }

        if (_count == _ring.Length)
        {
            Grow(limit);
        }

        _ring[(_first + _count) % _ring.Length] = now;
        Newest = now;
        return ++_count;
    }

    /// <summary>Drops the oldest violation.</summary>
    public void DropOldest()
    {
        _first = (_first + 1) % _ring.Length;
        _count--;
    }

    private void Grow(int limit)
    {
        var larger = new long[Math.Min(Math.Max(FirstCapacity, _count * 2), limit)];
        for (var i = 0; i < _count; i++)
        {
            larger[i] = _ring[(_first + i) % _ring.Length];
        }

        _ring = larger;
        _first = 0;
    }
}
