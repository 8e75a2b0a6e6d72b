using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>
/// One client's lease in this instance's memory: which units of which windows it may spend, which slots, what it is asked for; and
/// what to ask of the store. Every method takes the lock, which only requests of the same client share, for a moment, and none waits for anything else.
/// </summary>
internal sealed class LeaseLedger(string instance, TimeProvider time)
{
    private static readonly TimeSpan RetireAfter = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly WindowBalance[] _windows = [.. Enumerable.Range(0, WindowClock.Kinds).Select(kind => new WindowBalance((LimitKind)kind))];
    private readonly SlotBalance _slots = new(instance);
    private readonly SlotQueue _queue = new();
    private DateTimeOffset _nextWindow;
    private DateTimeOffset _lastRequest = time.GetUtcNow();
    private EffectiveLimits? _limits;
    private int _epoch;
    private long _waitingRequests;
    private long _waitingTokens;
    private long _plans;
    private bool _retired;

    /// <summary>The minute and the day that units are spent in now, and whether the claim on slots holds.</summary>
    public (long Minute, long Day, bool ClaimHolds) Standing
    {
        get
        {
            lock (_lock)
            {
                return (RequestsPerMinute.Window, RequestsPerDay.Window, _slots.ClaimHolds(time.GetUtcNow()));
            }
        }
    }

    /// <summary>Whether nothing has been taken yet of the window that requests are counted in now.</summary>
    public bool OpensWindow
    {
        get
        {
            lock (_lock)
            {
                return RequestsPerMinute.IsFresh;
            }
        }
    }

    private WindowBalance RequestsPerMinute => _windows[(int)LimitKind.RequestsPerMinute];

    private WindowBalance RequestsPerDay => _windows[(int)LimitKind.RequestsPerDay];

    private WindowBalance TokensPerMinute => _windows[(int)LimitKind.TokensPerMinute];

    private WindowBalance TokensPerDay => _windows[(int)LimitKind.TokensPerDay];

    /// <summary>Lets a request in, if the lease has a unit of both windows and a slot for it.</summary>
    /// <param name="limits">What holds for the client.</param>
    /// <param name="waiter">The request's place in the queue; null when it has not waited.</param>
    /// <param name="denial">Why it is denied.</param>
    public LeaseOutcome TryAdmit(EffectiveLimits limits, SlotWaiter? waiter, out Denial denial)
    {
        lock (_lock)
        {
            var now = Enter(limits);
            denial = default;
            if (_retired)
            {
                return LeaseOutcome.Retired;
            }

            var isNext = _queue.First == waiter;
            var hasSlot = isNext && _slots.IsFree(now);
            if (hasSlot && RequestsPerMinute.Balance >= 1 && RequestsPerDay.Balance >= 1)
            {
                RequestsPerMinute.Spend(1);
                RequestsPerDay.Spend(1);
                _slots.Occupy();
                return LeaseOutcome.Admitted;
            }

            // The day first: who waits for the minute would only be told to wait for the day then.
            if (RequestsPerDay.IsDenied(1, now, out denial) || RequestsPerMinute.IsDenied(1, now, out denial))
            {
                RequestsPerMinute.TurnAway(1);
                RequestsPerDay.TurnAway(1);
                return LeaseOutcome.Denied;
            }

            if (!hasSlot && (_slots.IsDenied(now, waiter is not null) || !isNext))
            {
                denial = SlotBalance.Denied(now);
                return LeaseOutcome.Denied;
            }

            return LeaseOutcome.MustAcquire;
        }
    }

    /// <summary>Sets tokens aside, if the lease has them.</summary>
    public LeaseOutcome TryReserve(EffectiveLimits limits, long tokens, out TokenReservation reservation, out Denial denial)
    {
        lock (_lock)
        {
            var now = Enter(limits);
            reservation = default;
            denial = default;
            if (TokensPerMinute.Balance >= tokens && TokensPerDay.Balance >= tokens)
            {
                TokensPerMinute.Spend(tokens);
                TokensPerDay.Spend(tokens);
                reservation = new TokenReservation(tokens, TokensPerMinute.Window, TokensPerDay.Window, _epoch);
                return LeaseOutcome.Admitted;
            }

            if (TokensPerDay.IsDenied(tokens, now, out denial) || TokensPerMinute.IsDenied(tokens, now, out denial))
            {
                TokensPerMinute.TurnAway(tokens);
                TokensPerDay.TurnAway(tokens);
                return LeaseOutcome.Denied;
            }

            return LeaseOutcome.MustAcquire;
        }
    }

    /// <summary>Replaces reserved tokens with those used. What was too much can be spent again while its window lasts; what was too little
    /// is owed by the next requests.</summary>
    public void Settle(TokenReservation reservation, long used)
    {
        lock (_lock)
        {
            var (unused, isCurrent) = (reservation.Tokens - used, reservation.Epoch == _epoch);
            TokensPerMinute.Settle(reservation.MinuteWindow, unused, isCurrent);
            TokensPerDay.Settle(reservation.DayWindow, unused, isCurrent);
        }
    }

    /// <summary>Ends a request: its slot is free for the next, and the first in the queue is told.</summary>
    public void Release()
    {
        SlotWaiter? next;
        lock (_lock)
        {
            _slots.Vacate();
            next = _queue.First;
        }

        next?.Wake();
    }

    /// <summary>Joins the queue for a slot. Where slots are with other instances, so that some may be idle, a request may wait for these even
    /// if the client may have none queued; no more of them than it may have under way.</summary>
    /// <returns>The place in it; null when the queue is full.</returns>
    public SlotWaiter? JoinQueue(EffectiveLimits limits)
    {
        lock (_lock)
        {
            return _queue.Join(limits.QueuedRequests > 0 ? limits.QueuedRequests : WaitsForOthers ? limits.ConcurrentRequests : 0);
        }
    }

    /// <summary>Whether slots lie idle here that others may want, if there are any.</summary>
    public bool HoldsScarceSlots
    {
        get
        {
            lock (_lock)
            {
                return _slots.HoldsScarce;
            }
        }
    }

    /// <summary>Whether slots lie idle here that go back at once.</summary>
    public bool HasSlotsToReturn
    {
        get
        {
            lock (_lock)
            {
                return _queue.IsEmpty && _slots.IsToReturn(time.GetUtcNow());
            }
        }
    }

    /// <summary>Whether a request that lacks a slot may wait for one that lies idle with another instance.</summary>
    public bool MayWait
    {
        get
        {
            lock (_lock)
            {
                return WaitsForOthers;
            }
        }
    }

    // Those who wait already may have just been given what others held.
    private bool WaitsForOthers => _slots.OthersHold || !_queue.IsEmpty;

    /// <summary>Leaves the queue; whoever is first now is told.</summary>
    public void LeaveQueue(SlotWaiter waiter)
    {
        SlotWaiter? next;
        lock (_lock)
        {
            _queue.Leave(waiter);
            next = _queue.First;
        }

        next?.Wake();
    }

    /// <summary>Notes what requests are waiting for the store to be asked for; negative when they no longer are.</summary>
    public void Wait(long requests, long tokens)
    {
        lock (_lock)
        {
            _waitingRequests += requests;
            _waitingTokens += tokens;
        }
    }

    /// <summary>How the client stands, as far as this instance knows.</summary>
    public WindowUsage[] GetUsage(EffectiveLimits limits)
    {
        var usage = new WindowUsage[WindowClock.Kinds + 1];
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Roll(now);
            for (var kind = 0; kind < WindowClock.Kinds; kind++)
            {
                usage[kind] = new WindowUsage((LimitKind)kind, limits[(LimitKind)kind], _windows[kind].Used, _windows[kind].EndsAt);
            }

            usage[^1] = new WindowUsage(LimitKind.ConcurrentRequests, limits.ConcurrentRequests, _slots.Used, now);
        }

        return usage;
    }

    /// <summary>Whether something is due without a request: a claim to renew, idle units to give back, spent ones to record.</summary>
    /// <param name="stopping">Whether the process stops, so that all is to be given back.</param>
    /// <param name="mayRetire">Whether the lease may be given up: not while it alone knows what was counted here.</param>
    /// <param name="retired">Whether the lease holds nothing and has long been idle: it is then given up, and must be forgotten.</param>
    public bool IsDue(bool stopping, bool mayRetire, out bool retired)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Roll(now);
            var idle = IsIdle(stopping, now);
            var holds = _slots.HasIdle || _windows.Any(window => window.Balance > 0);
            var due = (idle && holds) || _slots.IsToReturn(now) || _slots.IsRenewalDue(now) || _windows.Any(window => window.IsOwing);
            _retired |= mayRetire && !due && idle && !holds && _slots.InUse == 0 && _waitingRequests == 0 && now - _lastRequest > RetireAfter;
            retired = _retired;
            return due;
        }
    }

    /// <summary>Takes note of the stored counters. The later window wins, also over this instance's clock.</summary>
    public void Learn(CounterState known)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            See(known.At(now), now);
        }
    }

    /// <summary>Plans what to take for a request, with more for those to come, or says why it cannot be.</summary>
    /// <param name="known">The counters as they were last seen.</param>
    /// <param name="limits">What holds for the client.</param>
    /// <param name="requests">The requests it needs.</param>
    /// <param name="tokens">The tokens it needs.</param>
    /// <param name="slots">The slots it needs.</param>
    /// <param name="holders">How many instances spend from the same limits, as far as is known.</param>
    public LeasePlan PlanTake(CounterState known, EffectiveLimits limits, long requests, long tokens, long slots, int holders)
    {
        lock (_lock)
        {
            var now = Enter(limits);
            limits = _limits!;
            var plan = StartPlan(known, now);
            var taken = plan.State.Taken;
            for (var kind = 0; kind < WindowClock.Kinds; kind++)
            {
                var window = _windows[kind];
                var need = window.CountsRequests ? requests : tokens;
                var missing = window.Missing(need);
                var available = limits[(LimitKind)kind] - taken[kind] - window.Unrecorded;
                if (need > 0 && missing > Math.Max(0, available))
                {
                    // The day goes before its minute: who waits for the minute would only be told to wait for the day then.
                    if (plan.Denial is null || (window.IsDay && (int)plan.Denial.Value.Kind == kind - 1))
                    {
                        plan.Denial = new Denial((LimitKind)kind, window.EndsAt);
                        plan.Missing = missing;
                    }

                    continue;
                }

                var waiting = window.CountsRequests ? _waitingRequests : _waitingTokens;
                var wanted = Math.Max(window.Wanted(now, limits[(LimitKind)kind], holders), waiting) - window.Balance;
                if (window.IsDay)
                {
                    wanted = Math.Min(wanted, _windows[kind - 1].Balance + plan.Take[kind - 1] - window.Balance); // no more than the minute lets it spend
                }

                plan.Take[kind] = Math.Max(missing, Math.Min(wanted, available));
                plan.Recorded[kind] = window.Unrecorded;
                taken[kind] += plan.Take[kind] + window.Unrecorded;
            }

            plan.Claim = _slots.Wanted(plan.State, limits.ConcurrentRequests, Math.Max(slots, _waitingRequests), now);
            if (plan.Denial is null && slots > 0 && plan.Claim < _slots.InUse + slots)
            {
                plan.Denial = SlotBalance.Denied(now);
            }

            if (plan.Denial is null)
            {
                EndPlan(plan);
            }

            return plan;
        }
    }

    /// <summary>Plans to renew the claim on slots, to record what is owed and, when idle, to give back what is left. What is given back can no
    /// longer be spent.</summary>
    public LeasePlan PlanGiveBack(CounterState known, bool stopping)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Roll(now);
            var plan = StartPlan(known, now);
            var idle = IsIdle(stopping, now);
            for (var kind = 0; kind < WindowClock.Kinds; kind++)
            {
                var window = _windows[kind];
                plan.Recorded[kind] = window.Unrecorded;
                plan.Take[kind] = window.Debt; // paid when it has been written
                plan.Returned[kind] = idle ? window.GiveUp() : 0; // gone, whatever becomes of the write
                plan.State.Taken[kind] = Math.Max(0, plan.State.Taken[kind] + plan.Recorded[kind] + plan.Take[kind] - plan.Returned[kind]);
            }

            plan.Claim = _slots.Kept(idle || _slots.IsToReturn(now));
            EndPlan(plan);
            return plan;
        }
    }

    /// <summary>The plan has been written: what it took can be spent.</summary>
    public void Apply(LeasePlan plan)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Roll(now);
            var isCurrent = plan.Epoch == _epoch;
            foreach (var window in _windows)
            {
                window.Apply(plan, now, isCurrent);
            }

            _slots.Apply(plan, isCurrent, now);
        }
    }

    /// <summary>The plan has surely not been written: what it gave up is the lease's again, if its window and the limits still last.</summary>
    public void Undo(LeasePlan plan)
    {
        lock (_lock)
        {
            Roll(time.GetUtcNow());
            if (plan.Epoch == _epoch)
            {
                foreach (var window in _windows)
                {
                    window.Undo(plan);
                }

                _slots.Undo(plan);
            }
        }
    }

    /// <summary>Takes what a request needs without the store, from what was last known of it.</summary>
    public Denial? TakeLocally(EffectiveLimits limits, long requests, long tokens, long slots)
    {
        lock (_lock)
        {
            var now = Enter(limits);
            limits = _limits!;
            Denial? denial = null;
            for (var kind = 0; kind < WindowClock.Kinds; kind++)
            {
                var window = _windows[kind];
                if (Missing(window) > limits[(LimitKind)kind] - window.LastSeenTaken - window.Unrecorded)
                {
                    denial = denial is { } minute && (int)minute.Kind != kind - 1 ? denial : new Denial((LimitKind)kind, window.EndsAt);
                }
            }

            if (denial is null && _slots.InUse + slots > limits.ConcurrentRequests)
            {
                denial = SlotBalance.Denied(now);
            }

            if (denial is null)
            {
                foreach (var window in _windows)
                {
                    window.TakeLocally(Missing(window)); // told to the store when it is back
                }

                _slots.TakeLocally(slots, now);
            }

            return denial;
        }

        long Missing(WindowBalance window)
        {
            var need = window.CountsRequests ? requests : tokens;
            return need > 0 ? window.Missing(need) : 0;
        }
    }

    /// <summary>Remembers that the store had not enough, so that it is not asked again for each request.</summary>
    /// <param name="plan">The plan that failed for it.</param>
    /// <param name="denial">What was lacking.</param>
    /// <param name="holders">How many instances spend from the same limits, as far as is known.</param>
    public void Remember(LeasePlan plan, Denial denial, int holders)
    {
        lock (_lock)
        {
            if (plan.Epoch != _epoch)
            {
                return; // under other limits there may be enough
            }

            var now = time.GetUtcNow();
            if (denial.Kind == LimitKind.ConcurrentRequests)
            {
                _slots.Deny(now);
            }
            else
            {
                _windows[(int)denial.Kind].Deny(plan.Missing, now, holders);
            }
        }
    }

    // Under the lock, first thing of every request.
    private DateTimeOffset Enter(EffectiveLimits limits)
    {
        var now = time.GetUtcNow();
        _lastRequest = now;
        Roll(now);

        // For a while after a change an instance may know a client in two states, by two keys.
        if (!ReferenceEquals(limits, _limits) && (_limits is null || limits.Version >= _limits.Version))
        {
            if (_limits is not null && _limits != limits && _limits != limits with { Version = _limits.Version })
            {
                // Leased under other limits, units may be more than the new ones allow: they are counted as taken, and lost.
                _epoch++;
                foreach (var window in _windows)
                {
                    window.Forfeit();
                }

                _slots.Forfeit();
            }

            _limits = limits;
        }

        return now;
    }

    private void Roll(DateTimeOffset now)
    {
        if (now < _nextWindow)
        {
            return;
        }

        for (var kind = 0; kind < WindowClock.Kinds; kind++)
        {
            _windows[kind].Advance(WindowClock.WindowOf(kind, now));
        }

        _nextWindow = WindowClock.EndOf((int)LimitKind.RequestsPerMinute, WindowClock.WindowOf((int)LimitKind.RequestsPerMinute, now));
    }

    // Under the lock: the later window wins, also over our clock.
    private void See(CounterState state, DateTimeOffset now)
    {
        foreach (var window in _windows)
        {
            window.See(state);
        }

        _slots.See(state, now);
    }

    // Under the lock: a plan that starts from the known state as it is now, in windows no earlier than our own.
    private LeasePlan StartPlan(CounterState known, DateTimeOffset now)
    {
        var state = known.At(now);
        See(state, now);
        for (var kind = 0; kind < WindowClock.Kinds; kind++)
        {
            if (_windows[kind].Window > state.Windows[kind])
            {
                state.Windows[kind] = _windows[kind].Window;
                state.Taken[kind] = 0;
            }
        }

        return new LeasePlan { State = state, Epoch = _epoch, ClaimExpires = now + ClientLease.ClaimLifetime };
    }

    private void EndPlan(LeasePlan plan)
    {
        _slots.Plan(plan, _limits?.ConcurrentRequests ?? 0);
        plan.State = plan.State.WithClaim(instance, plan.Claim, plan.ClaimExpires, $"{instance}-{++_plans}");
    }

    private bool IsIdle(bool stopping, DateTimeOffset now) => stopping || now - _lastRequest >= ClientLease.IdleTime;
}
