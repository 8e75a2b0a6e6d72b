using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Blocks;

/// <summary>Counts violations by subject in a sliding window, exactly, in bounded memory.</summary>
/// <remarks>
/// The times of a subject's violations in the window are kept, never more than the limit of them. All share one lock: a request that
/// violates nothing never comes here. When there are too many subjects or times, the subject that has been quiet for longest is forgotten.
/// </remarks>
internal sealed class ViolationCounter
{
    /// <summary>How many subjects are counted at most.</summary>
    public const int MostSubjects = 50_000;

    /// <summary>How many times are kept at most, 8 bytes each; one subject can need as many as the largest limit.</summary>
    public const int MostTimes = AbuseBlockingOptions.MostViolations;

    private readonly TimeProvider _time;
    private readonly int _limit;
    private readonly long _window;
    private readonly Lock _lock = new();
    private readonly Dictionary<BlockSubject, LinkedListNode<ViolationTimes>> _subjects = [];
    private readonly LinkedList<ViolationTimes> _quietestFirst = new();
    private int _times;

    public ViolationCounter(IOptions<AbuseBlockingOptions> options, TimeProvider time)
    {
        _time = time;
        _limit = options.Value.Violations;
        _window = options.Value.WindowSeconds * time.TimestampFrequency;
    }

    /// <summary>How many subjects are counted at the moment.</summary>
    public int Subjects => _subjects.Count;

    /// <summary>Counts a violation.</summary>
    /// <returns>Whether the window now holds as many as the limit. The subject's count then starts anew.</returns>
    public bool Add(BlockSubject subject)
    {
        if (_limit == 0)
        {
            return false;
        }

        lock (_lock)
        {
            var now = _time.GetTimestamp();
            if (_subjects.TryGetValue(subject, out var node))
            {
                _quietestFirst.Remove(node);
            }
            else
            {
                node = new(new ViolationTimes(subject));
                _subjects.Add(subject, node);
            }

            _quietestFirst.AddLast(node);
            _times -= node.Value.Capacity;
            var reached = node.Value.Add(now, _window, _limit) >= _limit;
            _times += node.Value.Capacity;
            if (reached)
            {
                Remove(node);
            }

            while (_quietestFirst.First is { } quietest
                && (_subjects.Count > MostSubjects || _times > MostTimes || now - quietest.Value.Newest >= _window))
            {
                Remove(quietest);
            }

            return reached;
        }
    }

    /// <summary>Forgets a subject's violations.</summary>
    public void Reset(BlockSubject subject)
    {
        lock (_lock)
        {
            if (_subjects.TryGetValue(subject, out var node))
            {
                Remove(node);
            }
        }
    }

    private void Remove(LinkedListNode<ViolationTimes> node)
    {
        _subjects.Remove(node.Value.Subject);
        _quietestFirst.Remove(node);
        _times -= node.Value.Capacity;
    }
}
