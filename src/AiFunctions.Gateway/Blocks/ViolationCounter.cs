using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Blocks;

/// <summary>Counts violations by subject and kind in a sliding window, exactly, in bounded memory.</summary>
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
    private readonly Dictionary<(BlockSubject Subject, ViolationKind Kind), LinkedListNode<ViolationTimes>> _subjects = [];
    private readonly Dictionary<string, int> _endUsers = new(StringComparer.Ordinal);
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

    /// <summary>How many of a client's end users are counted at the moment.</summary>
    public int EndUsersOf(string clientId)
    {
        lock (_lock)
        {
            Forget(_time.GetTimestamp());
            return _endUsers.GetValueOrDefault(clientId);
        }
    }

    /// <summary>Whether a subject has violations of a kind in the window.</summary>
    public bool Counts(BlockSubject subject, ViolationKind kind)
    {
        lock (_lock)
        {
            Forget(_time.GetTimestamp());
            return _subjects.ContainsKey((subject, kind));
        }
    }

    /// <summary>Counts a violation.</summary>
    /// <param name="subject">Whose it is.</param>
    /// <param name="kind">Of what.</param>
    /// <param name="mayReach">Whether the limit may be reached now. If not, as many as one fewer are kept, and the next one may reach it.</param>
    /// <returns>Whether the window now holds as many as the limit. The subject's count then starts anew.</returns>
    public bool Add(BlockSubject subject, ViolationKind kind, bool mayReach = true)
    {
        if (_limit == 0)
        {
            return false;
        }

        lock (_lock)
        {
            var now = _time.GetTimestamp();
            if (_subjects.TryGetValue((subject, kind), out var node))
            {
                _quietestFirst.Remove(node);
            }
            else
            {
                node = new(new ViolationTimes(subject, kind));
                _subjects.Add((subject, kind), node);
                if (subject.Kind == BlockSubjectKind.EndUser)
                {
                    _endUsers[subject.ClientId!] = _endUsers.GetValueOrDefault(subject.ClientId!) + 1;
                }
            }

            _quietestFirst.AddLast(node);
            _times -= node.Value.Capacity;
            var reached = node.Value.Add(now, _window, _limit) >= _limit;
            _times += node.Value.Capacity;
            if (reached && mayReach)
            {
                Remove(node);
            }
            else if (reached)
            {
                node.Value.DropOldest();
            }

            Forget(now);
            return reached && mayReach;
        }
    }

    /// <summary>Forgets a subject's violations.</summary>
    public void Reset(BlockSubject subject)
    {
        lock (_lock)
        {
            foreach (var kind in Enum.GetValues<ViolationKind>())
            {
                if (_subjects.TryGetValue((subject, kind), out var node))
                {
                    Remove(node);
                }
            }
        }
    }

    private void Forget(long now)
    {
        while (_quietestFirst.First is { } quietest
            && (_subjects.Count > MostSubjects || _times > MostTimes || now - quietest.Value.Newest >= _window))
        {
            Remove(quietest);
        }
    }

    private void Remove(LinkedListNode<ViolationTimes> node)
    {
        var subject = node.Value.Subject;
        _subjects.Remove((subject, node.Value.Kind));
        if (subject.Kind == BlockSubjectKind.EndUser && --_endUsers[subject.ClientId!] == 0)
        {
            _endUsers.Remove(subject.ClientId!);
        }

        _quietestFirst.Remove(node);
        _times -= node.Value.Capacity;
    }
}
