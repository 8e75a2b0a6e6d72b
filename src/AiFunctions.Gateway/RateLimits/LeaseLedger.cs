namespace AiFunctions.Gateway.RateLimits;

/// <summary>
/// The balance of one client's lease in this instance's memory: which units of which windows it may spend, which slots it holds, what it
/// is asked for. Every method takes the lock, which only requests of the same client share, for a moment, and none waits for anything else.
/// </summary>
internal sealed class LeaseLedger(string instance, TimeProvider time)
{
    private const int RequestsMinute = (int)LimitKind.RequestsPerMinute;
    private const int RequestsDay = (int)LimitKind.RequestsPerDay;
    private const int TokensMinute = (int)LimitKind.TokensPerMinute;
    private const int TokensDay = (int)LimitKind.TokensPerDay;
    private const int Growth = 8;
    private const int RequestsPerLease = 30;
    private const int AskAgain = 2;
    private const int MostLeasesPerWindow = 50;
    private const int FewestLeasesPerWindow = 10;
    private static readonly TimeSpan RenewAfter = ClientLease.ClaimLifetime * (2.0 / 3);
    private static readonly TimeSpan RetireAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AskAgainForUnits = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AskAgainForSlots = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly long[] _windows = new long[WindowClock.Kinds];
    private readonly long[] _balances = new long[WindowClock.Kinds];
    private readonly long[] _unrecorded = new long[WindowClock.Kinds];
    private readonly long[] _lastSeenTaken = new long[WindowClock.Kinds];
    private readonly long[] _demand = new long[WindowClock.Kinds];
    private readonly long[] _lastTaken = new long[WindowClock.Kinds];
    private readonly DateTimeOffset[] _takenAt = new DateTimeOffset[WindowClock.Kinds];
    private readonly long[] _deniedNeeds = new long[WindowClock.Kinds];
    private readonly DateTimeOffset[] _deniedUntil = new DateTimeOffset[WindowClock.Kinds + 1];
    private readonly int[] _denials = new int[WindowClock.Kinds];
    private readonly LinkedList<TaskCompletionSource> _queue = new();
    private DateTimeOffset _nextWindow;
    private DateTimeOffset _lastRequest = time.GetUtcNow();
    private DateTimeOffset _claimExpires;
    private long _slotsHeld;
    private long _slotsInUse;
    private long _mostInUse;
    private long _waitingRequests;
    private long _waitingTokens;
    private EffectiveLimits? _limits;
    private bool _retired;

    /// <summary>The minute and the day that units are spent in now, and whether the claim on slots holds.</summary>
    public (long Minute, long Day, bool ClaimHolds) Standing
    {
        get
        {
            lock (_lock)
            {
                return (_windows[RequestsMinute], _windows[RequestsDay], time.GetUtcNow() < _claimExpires);
            }
        }
    }

    /// <summary>Lets a request in, if the lease has a unit of both windows and a slot for it.</summary>
    public LeaseOutcome TryAdmit(EffectiveLimits limits, bool queued, out Denial denial)
    {
        lock (_lock)
        {
            var now = Enter(limits);
            denial = default;
            if (_retired)
            {
                return LeaseOutcome.Retired;
            }

            var hasSlot = now < _claimExpires && _slotsInUse < _slotsHeld && (queued || _queue.Count == 0);
            if (hasSlot && _balances[RequestsMinute] >= 1 && _balances[RequestsDay] >= 1)
            {
                _balances[RequestsMinute]--;
                _balances[RequestsDay]--;
                _demand[RequestsMinute]++;
                _demand[RequestsDay]++;
                _mostInUse = Math.Max(_mostInUse, ++_slotsInUse);
                return LeaseOutcome.Admitted;
            }

            // The day first: who waits for the minute would only be told to wait for the day then.
            if (IsDenied(RequestsDay, 1, now, out denial) || IsDenied(RequestsMinute, 1, now, out denial))
            {
                // Who is turned away is demand as well: the next window's lease is sized for it.
                _demand[RequestsMinute]++;
                _demand[RequestsDay]++;
                return LeaseOutcome.Denied;
            }

            if (!hasSlot && (now < _deniedUntil[(int)LimitKind.ConcurrentRequests] || (!queued && _queue.Count > 0)))
            {
                denial = new Denial(LimitKind.ConcurrentRequests, now + AskAgainForSlots);
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
            if (_balances[TokensMinute] >= tokens && _balances[TokensDay] >= tokens)
            {
                _balances[TokensMinute] -= tokens;
                _balances[TokensDay] -= tokens;
                _demand[TokensMinute] += tokens;
                _demand[TokensDay] += tokens;
                reservation = new TokenReservation(tokens, _windows[TokensMinute], _windows[TokensDay]);
                return LeaseOutcome.Admitted;
            }

            if (IsDenied(TokensDay, tokens, now, out denial) || IsDenied(TokensMinute, tokens, now, out denial))
            {
                _demand[TokensMinute] += tokens;
                _demand[TokensDay] += tokens;
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
            var unused = reservation.Tokens - used;
            GiveBack(TokensMinute, reservation.MinuteWindow, unused);
            GiveBack(TokensDay, reservation.DayWindow, unused);
        }

        void GiveBack(int kind, long window, long unused)
        {
            if (window == _windows[kind])
            {
                _balances[kind] += unused;
                _demand[kind] -= unused;
            }
        }
    }

    /// <summary>Ends a request: its slot is free for the next, and the first in the queue is told.</summary>
    public void Release()
    {
        TaskCompletionSource? next = null;
        lock (_lock)
        {
            _slotsInUse--;
            if (_queue.First is { } first)
            {
                next = first.Value;
                _queue.RemoveFirst();
            }
        }

        next?.TrySetResult();
    }

    /// <summary>Joins the queue for a slot.</summary>
    /// <param name="limits">How long the queue may be.</param>
    /// <param name="again">Whether the request has waited before: it keeps its place.</param>
    /// <returns>Completes when it is the request's turn to try; null when the queue is full.</returns>
    public TaskCompletionSource? JoinQueue(EffectiveLimits limits, bool again)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (!again && _queue.Count >= limits.QueuedRequests)
            {
                return null;
            }

            _ = again ? _queue.AddFirst(turn) : _queue.AddLast(turn);
        }

        return turn;
    }

    /// <summary>Leaves the queue, if still in it.</summary>
    public void LeaveQueue(TaskCompletionSource turn)
    {
        lock (_lock)
        {
            _queue.Remove(turn);
        }
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
            Roll(time.GetUtcNow());
            for (var kind = 0; kind < WindowClock.Kinds; kind++)
            {
                var used = _lastSeenTaken[kind] - _balances[kind] + _unrecorded[kind];
                usage[kind] = new WindowUsage((LimitKind)kind, LimitOf(limits, kind), Math.Max(0, used), WindowClock.EndOf(kind, _windows[kind]));
            }

            usage[^1] = new WindowUsage(LimitKind.ConcurrentRequests, limits.ConcurrentRequests, _slotsInUse, time.GetUtcNow());
        }

        return usage;
    }

    /// <summary>Whether something is due without a request: a claim to renew, idle units to give back, spent ones to record.</summary>
    /// <param name="stopping">Whether the process stops, so that all is to be given back.</param>
    /// <param name="retired">Whether the lease holds nothing and has long been idle: it is then given up, and must be forgotten.</param>
    public bool IsDue(bool stopping, out bool retired)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Roll(now);
            var idle = IsIdle(stopping, now);
            var holds = _slotsHeld > _slotsInUse || _balances.Any(balance => balance != 0) || _unrecorded.Any(units => units != 0);
            var renew = _slotsInUse > 0 && now >= _claimExpires - ClientLease.ClaimLifetime + RenewAfter;
            var due = (idle && holds) || renew;
            _retired |= !due && idle && !holds && _slotsInUse == 0 && _waitingRequests == 0 && now - _lastRequest > RetireAfter;
            retired = _retired;
            return due;
        }
    }

    /// <summary>Takes note of the stored counters. The later window wins, also over this instance's clock.</summary>
    public void Learn(CounterState known)
    {
        lock (_lock)
        {
            See(known.At(time.GetUtcNow()));
        }
    }

    /// <summary>Plans what to take for a request, with more for those to come, or says why it cannot be.</summary>
    /// <param name="known">The counters as they were last seen.</param>
    /// <param name="limits">What holds for the client.</param>
    /// <param name="requests">The requests it needs.</param>
    /// <param name="tokens">The tokens it needs.</param>
    /// <param name="slots">The slots it needs.</param>
    /// <param name="othersWrite">Whether other instances spend from the same limits.</param>
    public LeasePlan PlanTake(CounterState known, EffectiveLimits limits, long requests, long tokens, long slots, bool othersWrite)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Roll(now);
            var state = Rolled(known, now);
            var plan = new LeasePlan { State = state, ClaimExpires = now + ClientLease.ClaimLifetime };
            for (var kind = 0; kind < WindowClock.Kinds; kind++)
            {
                var isRequests = kind is RequestsMinute or RequestsDay;
                var isDay = kind is RequestsDay or TokensDay;
                var need = isRequests ? requests : tokens;
                var missing = need > 0 || _balances[kind] < 0 ? Math.Max(0, need - _balances[kind]) : 0;
                var available = LimitOf(limits, kind) - state.Taken[kind] - _unrecorded[kind];
                if (need > 0 && missing > Math.Max(0, available))
                {
                    // The day goes before its minute: who waits for the minute would only be told to wait for the day then.
                    if (plan.Denial is null || (isDay && (int)plan.Denial.Value.Kind == kind - 1))
                    {
                        plan.Denial = new Denial((LimitKind)kind, WindowClock.EndOf(kind, _windows[kind]));
                        plan.Missing = missing;
                    }

                    continue;
                }

                // As much as lasts for the lease time or the rest of the window at the present rate, grown step by step; and no large part
                // of the whole, because what a killed instance holds is lost for the window.
                var elapsed = Math.Max(0.05, (now - _takenAt[kind]).TotalSeconds);
                var rest = Math.Min(ClientLease.LeaseTime.TotalSeconds, (WindowClock.EndOf(kind, _windows[kind]) - now).TotalSeconds);
                var atRate = (long)Math.Ceiling(_demand[kind] / elapsed * rest);
                var limit = LimitOf(limits, kind);
                var most = othersWrite
                    ? Math.Clamp(RequestsPerLease * need, limit / MostLeasesPerWindow, limit / FewestLeasesPerWindow)
                    : limit / FewestLeasesPerWindow;
                most = Math.Min(most, Growth * Math.Max(1, _lastTaken[kind]));
                var wanted = Math.Max(Math.Min(atRate, most), isRequests ? _waitingRequests : _waitingTokens) - _balances[kind];
                if (isDay)
                {
                    wanted = Math.Min(wanted, _balances[kind - 1] + plan.Take[kind - 1] - _balances[kind]); // no more than the minute lets it spend
                }

                plan.Take[kind] = Math.Max(missing, Math.Min(wanted, available));
                state.Taken[kind] += plan.Take[kind] + _unrecorded[kind];
                plan.Recorded[kind] = _unrecorded[kind];
            }

            var room = Math.Max(0, limits.ConcurrentRequests - state.SlotsOfOthers(instance));
            var needed = Math.Max(_slotsInUse + Math.Max(slots, _waitingRequests), _mostInUse);

            // Some more for the requests to come, so that a rising load does not ask the store for each; out of what is free, it leaves the others their part.
            var spare = Math.Clamp((room - needed) / (2 * (state.Holders.Count + 1)), 0, needed);
            plan.Claim = Math.Max(_slotsInUse, Math.Min(room, needed + spare));
            if (plan.Denial is null && slots > 0 && plan.Claim < _slotsInUse + slots)
            {
                plan.Denial = new Denial(LimitKind.ConcurrentRequests, now + AskAgainForSlots);
            }

            if (plan.Denial is null)
            {
                plan.State = state.WithClaim(instance, plan.Claim, plan.ClaimExpires);
                plan.Held = Math.Min(plan.Claim, room);
                _slotsHeld = Math.Min(_slotsHeld, plan.Held); // what is given up cannot be used while the write is under way
            }

            return plan;
        }
    }

    /// <summary>Plans to renew the claim on slots and, when idle, to give back what is left. What is given back can no longer be spent.</summary>
    public LeasePlan PlanGiveBack(CounterState known, bool stopping)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Roll(now);
            var state = Rolled(known, now);
            var idle = IsIdle(stopping, now);
            var plan = new LeasePlan
            {
                State = state,
                ClaimExpires = now + ClientLease.ClaimLifetime,
                Claim = idle ? _slotsInUse : Math.Max(_slotsInUse, _slotsHeld),
            };
            for (var kind = 0; kind < WindowClock.Kinds && idle; kind++)
            {
                state.Taken[kind] = Math.Max(0, state.Taken[kind] + _unrecorded[kind] - _balances[kind]);
                plan.Recorded[kind] = _unrecorded[kind];
                plan.Take[kind] = Math.Max(0, -_balances[kind]); // a debt is paid when it has been written
                plan.Returned[kind] = Math.Max(0, _balances[kind]);
                _balances[kind] -= plan.Returned[kind]; // gone, whatever becomes of the write
            }

            plan.Held = Math.Min(plan.Claim, Math.Max(0, (_limits?.ConcurrentRequests ?? 0) - state.SlotsOfOthers(instance)));
            _slotsHeld = Math.Min(_slotsHeld, plan.Held);
            plan.State = state.WithClaim(instance, plan.Claim, plan.ClaimExpires);
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
            for (var kind = 0; kind < WindowClock.Kinds; kind++)
            {
                if (plan.State.Windows[kind] == _windows[kind])
                {
                    _balances[kind] += plan.Take[kind];
                    _unrecorded[kind] -= plan.Recorded[kind];
                    _lastSeenTaken[kind] = plan.State.Taken[kind];
                }

                if (plan.Take[kind] > 0)
                {
                    _lastTaken[kind] = plan.Take[kind];
                    _demand[kind] = 0;
                    _takenAt[kind] = now;
                }
            }

            _slotsHeld = plan.Held;
            _mostInUse = _slotsInUse;
            _claimExpires = plan.ClaimExpires;
        }
    }

    /// <summary>The plan has surely not been written: what it gave back is the lease's again, if its window still lasts.</summary>
    public void Undo(LeasePlan plan)
    {
        lock (_lock)
        {
            Roll(time.GetUtcNow());
            for (var kind = 0; kind < WindowClock.Kinds; kind++)
            {
                _balances[kind] += plan.State.Windows[kind] == _windows[kind] ? plan.Returned[kind] : 0;
            }
        }
    }

    /// <summary>Takes what a request needs without the store, from what was last known of it.</summary>
    public Denial? TakeLocally(EffectiveLimits limits, long requests, long tokens, long slots)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Roll(now);
            foreach (var kind in stackalloc int[] { RequestsDay, RequestsMinute, TokensDay, TokensMinute })
            {
                var missing = Missing(kind);
                if (missing > LimitOf(limits, kind) - _lastSeenTaken[kind] - _unrecorded[kind])
                {
                    return new Denial((LimitKind)kind, WindowClock.EndOf(kind, _windows[kind]));
                }
            }

            if (_slotsInUse + slots > limits.ConcurrentRequests)
            {
                return new Denial(LimitKind.ConcurrentRequests, now + AskAgainForSlots);
            }

            for (var kind = 0; kind < WindowClock.Kinds; kind++)
            {
                var missing = Missing(kind);
                _balances[kind] += missing;
                _unrecorded[kind] += missing; // told to the store when it is back
            }

            _slotsHeld = Math.Max(_slotsHeld, _slotsInUse + slots);
            _claimExpires = now + ClientLease.ClaimLifetime;
            return null;
        }

        long Missing(int kind)
        {
            var need = kind is RequestsMinute or RequestsDay ? requests : tokens;
            return need > 0 ? Math.Max(0, need - _balances[kind]) : 0;
        }
    }

    /// <summary>Whether nothing has been taken yet of the window that requests are counted in now.</summary>
    public bool OpensWindow
    {
        get
        {
            lock (_lock)
            {
                return WindowClock.WindowOf(RequestsMinute, _takenAt[RequestsMinute]) < _windows[RequestsMinute];
            }
        }
    }

    /// <summary>Remembers that the store had not enough, so that it is not asked again for each request.</summary>
    /// <param name="denial">What was lacking.</param>
    /// <param name="missing">How many units.</param>
    /// <param name="holders">How many instances spend from the same limits, as far as is known.</param>
    public void Remember(Denial denial, long missing, int holders)
    {
        lock (_lock)
        {
            var kind = (int)denial.Kind;
            if (denial.Kind == LimitKind.ConcurrentRequests)
            {
                _deniedUntil[kind] = time.GetUtcNow() + AskAgainForSlots;
                return;
            }

            // Others may yet give something back. One or two of all the instances ask about that once more, halfway through the rest of the window.
            var now = time.GetUtcNow();
            var rest = denial.Until - now;
            var again = _denials[kind]++ == 0 && rest >= AskAgainForUnits && Random.Shared.Next(holders) < AskAgain;
            _deniedUntil[kind] = again ? now + (rest / 2) : denial.Until;
            _deniedNeeds[kind] = missing;
        }
    }

    private static long LimitOf(EffectiveLimits limits, int kind) => kind switch
    {
        RequestsMinute => limits.RequestsPerMinute,
        RequestsDay => limits.RequestsPerDay,
        TokensMinute => limits.TokensPerMinute,
        _ => limits.TokensPerDay,
    };

    // Under the lock, first thing of every request.
    private DateTimeOffset Enter(EffectiveLimits limits)
    {
        var now = time.GetUtcNow();
        _lastRequest = now;
        Roll(now);
        if (!ReferenceEquals(limits, _limits) && limits != _limits)
        {
            if (_limits is not null)
            {
                // Leased under other limits, units may be more than the new ones allow: they are counted as taken, and lost.
                for (var kind = 0; kind < WindowClock.Kinds; kind++)
                {
                    _balances[kind] = Math.Min(_balances[kind], 0);
                }

                _slotsHeld = Math.Min(_slotsHeld, _slotsInUse);
                Array.Clear(_deniedUntil);
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
            Advance(kind, WindowClock.WindowOf(kind, now));
        }

        _nextWindow = WindowClock.EndOf(RequestsMinute, WindowClock.WindowOf(RequestsMinute, now));
    }

    private void Advance(int kind, long window)
    {
        if (window > _windows[kind])
        {
            _windows[kind] = window;
            _balances[kind] = 0;
            _unrecorded[kind] = 0;
            _lastSeenTaken[kind] = 0;
            _deniedUntil[kind] = default;
            _denials[kind] = 0;
        }
    }

    private bool IsDenied(int kind, long need, DateTimeOffset now, out Denial denial)
    {
        denial = new Denial((LimitKind)kind, WindowClock.EndOf(kind, _windows[kind]));
        return now < _deniedUntil[kind] && need - _balances[kind] >= _deniedNeeds[kind];
    }

    // Under the lock: the later window wins, also over our clock.
    private void See(CounterState state)
    {
        for (var kind = 0; kind < WindowClock.Kinds; kind++)
        {
            Advance(kind, state.Windows[kind]);
            if (state.Windows[kind] == _windows[kind])
            {
                _lastSeenTaken[kind] = state.Taken[kind];
            }
        }
    }

    // Under the lock: the known state now, in windows no earlier than our own.
    private CounterState Rolled(CounterState known, DateTimeOffset now)
    {
        var state = known.At(now);
        See(state);
        for (var kind = 0; kind < WindowClock.Kinds; kind++)
        {
            if (_windows[kind] > state.Windows[kind])
            {
                state.Windows[kind] = _windows[kind];
                state.Taken[kind] = 0;
            }
        }

        return state;
    }

    private bool IsIdle(bool stopping, DateTimeOffset now) => stopping || now - _lastRequest >= ClientLease.IdleTime;
}
