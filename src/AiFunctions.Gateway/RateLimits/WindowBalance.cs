using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>
/// What this instance has leased of one window of one client: how much it may spend, and how fast that is asked for. Not thread-safe: the
/// <see cref="LeaseLedger"/> that it belongs to has the lock.
/// </summary>
internal sealed class WindowBalance(LimitKind kind)
{
    private const int Growth = 8;
    private const int LeasesPerWindowAlone = 10;
    private const int LeasesPerWindowAndHolder = 5;
    private const int MostLeasesPerWindow = 50;
    private const int AskAgain = 2;
    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestDayDenial = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShortestElapsed = TimeSpan.FromMilliseconds(50);

    private long _demand;
    private long _lastTaken;
    private DateTimeOffset _takenAt;
    private long _deniedNeed;
    private DateTimeOffset _deniedUntil;
    private int _denials;

    /// <summary>Whether it counts requests, not tokens.</summary>
    public bool CountsRequests => kind is LimitKind.RequestsPerMinute or LimitKind.RequestsPerDay;

    /// <summary>Whether its window is the day, not the minute.</summary>
    public bool IsDay => kind is LimitKind.RequestsPerDay or LimitKind.TokensPerDay;

    /// <summary>The window that units are spent in now.</summary>
    public long Window { get; private set; }

    /// <summary>The units that may be spent; negative when some are owed.</summary>
    public long Balance { get; private set; }

    /// <summary>The units that were let out without the store, and that it has not been told of.</summary>
    public long Unrecorded { get; private set; }

    /// <summary>The units that all instances had taken when the store was last seen.</summary>
    public long LastSeenTaken { get; private set; }

    /// <summary>When the window ends.</summary>
    public DateTimeOffset EndsAt => WindowClock.EndOf((int)kind, Window);

    /// <summary>What is used, as far as is known: what other instances hold and have not spent counts as used.</summary>
    public long Used => Math.Max(0, LastSeenTaken - Balance + Unrecorded);

    /// <summary>The units that were given out of memory for a debt that the store must learn of.</summary>
    public long Debt => Math.Max(0, -Balance);

    /// <summary>Whether the store has something to learn.</summary>
    public bool IsOwing => Balance < 0 || Unrecorded != 0;

    /// <summary>Whether nothing has been taken yet of the present window.</summary>
    public bool IsFresh => WindowClock.WindowOf((int)kind, _takenAt) < Window;

    /// <summary>Goes on to a later window; what was left of the last one is gone.</summary>
    public void Advance(long window)
    {
        if (window > Window)
        {
            Window = window;
            Balance = 0;
            Unrecorded = 0;
            LastSeenTaken = 0;
            _deniedUntil = default;
            _denials = 0;
        }
    }

    /// <summary>Takes note of the stored counter. The later window wins, also over this instance's clock.</summary>
    public void See(CounterState state)
    {
        Advance(state.Windows[(int)kind]);
        if (state.Windows[(int)kind] == Window)
        {
            LastSeenTaken = state.Taken[(int)kind];
        }
    }

    /// <summary>Spends units that the balance has.</summary>
    public void Spend(long units)
    {
        Balance -= units;
        _demand += units;
    }

    /// <summary>Notes units that were asked for in vain: they are demand as well, and the next window's lease is sized for it.</summary>
    public void TurnAway(long units) => _demand += units;

    /// <summary>Corrects what was spent in a window, if that still lasts.</summary>
    /// <param name="window">The window.</param>
    /// <param name="unused">The units that were not needed; negative when more were.</param>
    /// <param name="isCurrent">Whether the limits are still those they were spent under. Otherwise nothing can be spent again.</param>
    public void Settle(long window, long unused, bool isCurrent)
    {
        if (window == Window && (isCurrent || unused < 0))
        {
            Balance += unused;
            _demand -= unused;
        }
    }

    /// <summary>Gives up what is left: it stays counted as taken, and is lost. A debt stays.</summary>
    public void Forfeit()
    {
        Balance = Math.Min(Balance, 0);
        _deniedUntil = default;
    }

    /// <summary>How many units are lacking for a need.</summary>
    public long Missing(long need) => need > 0 || Balance < 0 ? Math.Max(0, need - Balance) : 0;

    /// <summary>Whether the store had not enough for this when it was last asked, and is not to be asked again yet.</summary>
    public bool IsDenied(long need, DateTimeOffset now, out Denial denial)
    {
        denial = new Denial(kind, EndsAt);
        return now < _deniedUntil && need - Balance >= _deniedNeed;
    }

    /// <summary>Remembers that the store had not enough.</summary>
    /// <param name="missing">How many units were lacking.</param>
    /// <param name="now">The time.</param>
    /// <param name="holders">How many instances spend from the same limit, as far as is known.</param>
    public void Deny(long missing, DateTimeOffset now, int holders)
    {
        // Others may yet give something back. Of a day each instance asks about that now and then; of a minute one or two of all, once, halfway
        // through the rest.
        var rest = EndsAt - now;
        _deniedNeed = missing;
        if (IsDay)
        {
            _deniedUntil = now + (rest / 2 < LongestDayDenial ? rest / 2 : LongestDayDenial);
            return;
        }

        var again = _denials++ == 0 && rest >= ShortestRest && Random.Shared.Next(holders) < AskAgain;
        _deniedUntil = again ? now + (rest / 2) : EndsAt;
    }

    /// <summary>How many units to have leased, so that the store need not be asked again soon.</summary>
    /// <remarks>
    /// As many as last for the lease time, or for the rest of the window, at the present rate, grown step by step; and no large part of the
    /// whole, because what a killed instance holds is lost for the window: all instances together hold a fifth of it, so that losing two of
    /// eight costs a twentieth at the most.
    /// </remarks>
    /// <param name="now">The time.</param>
    /// <param name="limit">The window's limit.</param>
    /// <param name="holders">How many instances spend from the same limit, as far as is known.</param>
    public long Wanted(DateTimeOffset now, long limit, int holders)
    {
        var elapsed = Max(ShortestElapsed, now - _takenAt);
        var rest = Min(ClientLease.LeaseTime, EndsAt - now);
        var atRate = (long)Math.Ceiling(_demand / elapsed.TotalSeconds * rest.TotalSeconds);
        var most = limit / (holders == 1 ? LeasesPerWindowAlone : Math.Min((LeasesPerWindowAndHolder * holders) + 2, MostLeasesPerWindow));
        return Math.Min(atRate, Math.Min(most, Growth * Math.Max(1, _lastTaken)));

        static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

        static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
    }

    /// <summary>Lets units out without the store.</summary>
    public void TakeLocally(long units)
    {
        Balance += units;
        Unrecorded += units;
    }

    /// <summary>Takes units out of the balance that are about to be given back to the store.</summary>
    /// <returns>How many.</returns>
    public long GiveUp()
    {
        var returned = Math.Max(0, Balance);
        Balance -= returned;
        return returned;
    }

    /// <summary>Enters a plan that has been written.</summary>
    public void Apply(LeasePlan plan, DateTimeOffset now, bool isCurrent)
    {
        var take = plan.Take[(int)kind];
        if (plan.State.Windows[(int)kind] == Window)
        {
            // A write that turns out late to have been done first covers what was let out without the store meanwhile. And under other limits than
            // they were taken for, units pay debts only.
            Unrecorded -= plan.Recorded[(int)kind];
            var covered = Math.Clamp(Unrecorded, 0, take);
            Unrecorded -= covered;
            Balance += isCurrent ? take - covered : Math.Clamp(-Balance, 0, take - covered);
            LastSeenTaken = plan.State.Taken[(int)kind];
        }

        if (take > 0)
        {
            _lastTaken = take;
            _demand = 0;
            _takenAt = now;
        }
    }

    /// <summary>Enters that a plan has not been written: what it gave back can be spent again.</summary>
    public void Undo(LeasePlan plan)
    {
        if (plan.State.Windows[(int)kind] == Window)
        {
            Balance += plan.Returned[(int)kind];
        }
    }
}
