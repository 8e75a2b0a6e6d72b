using AiFunctions.Gateway.InputGuard.Scoring;

namespace AiFunctions.Gateway.InputGuard;

/// <summary>Remembers judgements of texts by a keyed hash, so that a text that comes again costs its hash only. The oldest in use goes first.</summary>
/// <remarks>One lock is enough: it is held for a look-up, and what comes before and after takes many times as long.</remarks>
internal sealed class JudgementCache
{
    /// <summary>How many judgements are kept; about 2 MB.</summary>
    public const int Capacity = 16_384;

    private readonly JudgementKeys _keys = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, LinkedListNode<(UInt128 Key, Judgement Value)>> _entries = [];
    private readonly LinkedList<(UInt128 Key, Judgement Value)> _leastRecentFirst = new();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>The key of a text.</summary>
    public UInt128 KeyOf(ReadOnlySpan<char> text, TextSource source) => _keys.Of(text, source);

    public bool TryGet(UInt128 key, out Judgement judgement)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                judgement = default;
                return false;
            }

            _leastRecentFirst.Remove(node);
            _leastRecentFirst.AddLast(node);
            judgement = node.Value.Value;
            return true;
        }
    }

    /// <summary>Keeps a judgement in the place of any other of that key.</summary>
    public void Set(UInt128 key, Judgement judgement)
    {
        lock (_lock)
        {
            if (_entries.Remove(key, out var known))
            {
                _leastRecentFirst.Remove(known);
            }
            else if (_entries.Count >= Capacity)
            {
                _entries.Remove(_leastRecentFirst.First!.Value.Key);
                _leastRecentFirst.RemoveFirst();
            }

            _entries.Add(key, _leastRecentFirst.AddLast((key, judgement)));
        }
    }
}
