using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>
/// The slots for concurrent requests that this instance has claimed of one client's, and how many of them are in use. Not thread-safe: the
/// <see cref="LeaseLedger"/> that it belongs to has the lock.
/// </summary>
internal sealed class SlotBalance(string instance)
{
    /// <summary>How long a request that finds no slot is told to wait.</summary>
    public static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    /// <summary>How long a request that waits for a slot leaves the store alone when it had none.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(40);

    // For so long after other instances were last seen to have slots they are taken to want some again.
    private static readonly TimeSpan SharedTime = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RenewAfter = ClientLease.ClaimLifetime * (2.0 / 3);

    private DateTimeOffset _claimExpires;
    private DateTimeOffset _deniedAt;
    private DateTimeOffset _sharedUntil;
    private long _limit;
    private long _held;
    private long _ofOthers;
    private long _mostInUse;

    /// <summary>How many requests are under way.</summary>
    public long InUse { get; private set; }

    /// <summary>What is used, as far as is known: what other instances hold counts as used.</summary>
    public long Used => InUse + _ofOthers;

    /// <summary>Whether more slots are held than are in use.</summary>
    public bool HasIdle => _held > InUse;

    /// <summary>Whether the claim still holds, so that a request may be let in under it.</summary>
    public bool ClaimHolds(DateTimeOffset now) => now < _claimExpires;

    /// <summary>Whether a request can have a slot without the store.</summary>
    public bool IsFree(DateTimeOffset now) => ClaimHolds(now) && HasIdle;

    /// <summary>Whether requests are under way, and their claim is soon to end.</summary>
    public bool IsRenewalDue(DateTimeOffset now) => InUse > 0 && now >= _claimExpires - ClientLease.ClaimLifetime + RenewAfter;

    /// <summary>Whether other instances hold slots, some of which may be idle.</summary>
    public bool OthersHold => _ofOthers > 0;

    /// <summary>Whether slots lie idle here that others may want: few are left that nobody holds.</summary>
    public bool HoldsScarce => HasIdle && IsScarce(_limit - _ofOthers - _held, _limit);

    /// <summary>Whether such slots are to go back at once, because others are known to be there.</summary>
    public bool IsToReturn(DateTimeOffset now) => HoldsScarce && now < _sharedUntil;

    /// <summary>Whether the store had none when it was last asked, and is not to be asked again yet.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isWaiting">Whether it is for a request that waits for a slot.</param>
    public bool IsDenied(DateTimeOffset now, bool isWaiting) => now < _deniedAt + (isWaiting ? LookAgain : AskAgain);

    /// <summary>Why a request that finds no slot is denied, and when it may come again.</summary>
    public static Denial Denied(DateTimeOffset now) => new(LimitKind.ConcurrentRequests, now + AskAgain);

    /// <summary>Remembers that the store had none.</summary>
    public void Deny(DateTimeOffset now) => _deniedAt = now;

    /// <summary>Takes a slot that is free.</summary>
    public void Occupy() => _mostInUse = Math.Max(_mostInUse, ++InUse);

    /// <summary>Frees a slot.</summary>
    public void Vacate() => InUse--;

    /// <summary>Gives up what is not in use, as other limits hold now.</summary>
    public void Forfeit()
    {
        _held = Math.Min(_held, InUse);
        _deniedAt = default;
    }

    /// <summary>Takes note of what other instances hold.</summary>
    public void See(CounterState state, DateTimeOffset now)
    {
        _ofOthers = state.SlotsOfOthers(instance);
        if (_ofOthers > 0)
        {
            _sharedUntil = now + SharedTime;
        }

        if (InUse + _ofOthers < _limit)
        {
            _deniedAt = default; // there is one again
        }
    }

    /// <summary>How many slots to claim: those needed, and some more for the requests to come, so that a rising load does not ask the store
    /// for each; the others are left their part.</summary>
    /// <param name="state">The counters as they are known.</param>
    /// <param name="limit">The client's limit.</param>
    /// <param name="more">How many requests want one besides those under way.</param>
    /// <param name="now">The time.</param>
    public long Wanted(CounterState state, long limit, long more, DateTimeOffset now)
    {
        _limit = limit;
        var room = Room(state, limit);
        if (now < _sharedUntil && IsScarce(room - InUse - more, limit))
        {
            return Math.Max(InUse, Math.Min(room, InUse + more));
        }

        var needed = Math.Max(InUse + more, _mostInUse);
        var spare = Math.Clamp((room - needed) / (2 * (state.Holders.Count + 1)), 0, needed);
        return Math.Max(InUse, Math.Min(room, needed + spare));
    }

    /// <summary>How many slots to claim when nothing is asked for.</summary>
    /// <param name="idle">Whether those that are not in use are to be given back.</param>
    public long Kept(bool idle) => idle ? InUse : Math.Max(InUse, _held);

    /// <summary>Enters what a plan claims. What it gives up cannot be used while the write is under way.</summary>
    public void Plan(LeasePlan plan, long limit)
    {
        plan.Held = Math.Min(plan.Claim, Room(plan.State, limit));
        plan.HeldBefore = _held;
        _limit = limit;
        _held = Math.Min(_held, plan.Held);
    }

    /// <summary>Enters a plan that has been written.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="isCurrent">Whether the limits are still those that it was made under.</param>
    /// <param name="now">The time.</param>
    public void Apply(LeasePlan plan, bool isCurrent, DateTimeOffset now)
    {
        _held = isCurrent ? plan.Held : Math.Min(plan.Held, InUse);
        _mostInUse = InUse;
        _claimExpires = plan.ClaimExpires;
        See(plan.State, now);
    }

    /// <summary>Enters that a plan has not been written: the store still has the claim before it; else nobody could use that until it is
    /// written anew.</summary>
    public void Undo(LeasePlan plan) => _held = plan.HeldBefore;

    /// <summary>Claims slots without the store.</summary>
    public void TakeLocally(long slots, DateTimeOffset now)
    {
        _held = Math.Max(_held, InUse + slots);
        _claimExpires = now + ClientLease.ClaimLifetime;
    }

    private static bool IsScarce(long free, long limit) => free < Math.Max(2, limit / 4);

    private long Room(CounterState state, long limit) => Math.Max(0, limit - state.SlotsOfOthers(instance));
}
