using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>
/// What one client has been told to wait for, and so which of its refused requests it should not have sent. A client that waits as told gets one
/// refusal a wait for each of its workers, and none of them counts: who comes back after the time has had a wait, and as many as were lately
/// under way at once are taken for as many workers, who cannot know what another one was told. What is refused beyond that was sent too early.
/// </summary>
internal sealed class ToldWaits
{
    // For so long after its end a wait excuses one more refusal.
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<LimitKind, Queue<DateTimeOffset>> _waits = [];
    private readonly Dictionary<LimitKind, (DateTimeOffset Until, bool IsCounted)> _longWaits = [];
    private long _minute;
    private long _underWay;
    private long _most;
    private long _mostBefore;

    /// <summary>Notes that a request has come.</summary>
    public void Enter(DateTimeOffset now)
    {
        var minute = WindowClock.WindowOf((int)LimitKind.RequestsPerMinute, now);
        lock (_lock)
        {
            if (minute != _minute)
            {
                _mostBefore = minute == _minute + 1 ? _most : 0;
                _most = _underWay;
                _minute = minute;
            }

            _most = Math.Max(_most, ++_underWay);
        }
    }

    /// <summary>Notes that a request has been answered.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _underWay--;
        }
    }

    /// <summary>Notes that a request which has come is refused.</summary>
    /// <returns>Whether it was sent before the client was told to.</returns>
    public bool Refuse(Denial denial, EffectiveLimits limits, DateTimeOffset now)
    {
        lock (_lock)
        {
            return denial.Kind is LimitKind.RequestsPerMinute or LimitKind.TokensPerMinute or LimitKind.ConcurrentRequests
                ? RefuseShortly(denial, limits, now)
                : RefuseForLong(denial);
        }
    }

    private bool RefuseShortly(Denial denial, EffectiveLimits limits, DateTimeOffset now)
    {
        if (!_waits.TryGetValue(denial.Kind, out var waits))
        {
            _waits.Add(denial.Kind, waits = new());
        }

        while (waits.TryPeek(out var old) && old + Memory < now)
        {
            waits.Dequeue();
        }

        if (waits.TryPeek(out var first) && first <= now)
        {
            waits.Dequeue();
        }
        else if (waits.Count >= Math.Clamp(Math.Max(_most, _mostBefore), 1, limits.ConcurrentRequests + limits.QueuedRequests))
        {
            return true;
        }

        waits.Enqueue(denial.Until);
        return false;
    }

    // Nobody waits for a day as told, and most try again now and then: of all that, one counts.
    private bool RefuseForLong(Denial denial)
    {
        var isFirst = !_longWaits.TryGetValue(denial.Kind, out var wait) || wait.Until != denial.Until;
        _longWaits[denial.Kind] = (denial.Until, IsCounted: !isFirst);
        return !isFirst && !wait.IsCounted;
    }
}
