using System.Diagnostics.CodeAnalysis;
using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>
/// What this instance has leased of one client's limits. One conditional write takes units of every window at once, and renews the claim
/// on concurrency slots; requests then spend them in memory. A unit is counted in the store before it can be spent and is spent only in the
/// window it was counted in, so that over any number of instances and crashes no window admits more than its limit: what goes wrong
/// loses units, and never makes any.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing to dispose of.")]
internal sealed class ClientLease(string clientId, string instance, ICounterStore store, TimeProvider time, StorageFailurePolicy policy)
{
    /// <summary>For how long a claim on slots holds without being renewed.</summary>
    public static readonly TimeSpan ClaimLifetime = TimeSpan.FromSeconds(20);

    /// <summary>A lease is sized to last this long at the rate at which the last one was spent.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(5);

    /// <summary>After this long without a request, what is left of the lease goes back.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(2);

    /// <summary>How long a request may wait for a slot.</summary>
    public static readonly TimeSpan LongestQueueTime = TimeSpan.FromSeconds(30);

    private const int RequestsMinute = (int)LimitKind.RequestsPerMinute;
    private const int RequestsDay = (int)LimitKind.RequestsPerDay;
    private const int TokensMinute = (int)LimitKind.TokensPerMinute;
    private const int TokensDay = (int)LimitKind.TokensPerDay;
    private const int Growth = 8;
    private const int LeasesPerWindow = 25;
    private const int LeasesPerWindowAlone = 10;
    private const int MostAttempts = 30;
    private const int MostDoublings = 6;
    private const int CallMilliseconds = 10;
    private static readonly TimeSpan RenewAfter = ClaimLifetime / 3;
    private static readonly TimeSpan AskAgainForUnits = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan AskAgainForSlots = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QueuePoll = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _acquiring = new(1, 1);

    // All below is guarded by the lock, but for the known state, which belongs to whoever holds the semaphore.
    private readonly long[] _windows = new long[WindowClock.Kinds];
    private readonly long[] _balances = new long[WindowClock.Kinds];
    private readonly long[] _unrecorded = new long[WindowClock.Kinds];
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

    private CounterState? _known;
    private string? _version;
    private bool _othersWrite;
    private int _holders = 1;
    private long[] _lastSeenTaken = new long[WindowClock.Kinds];

    private enum Outcome
    {
        Admitted,
        Denied,
        MustAcquire,
        Retired,
    }

    /// <summary>The minute and the day that units are spent in now, and whether the claim on slots holds.</summary>
    internal (long Minute, long Day, bool ClaimHolds) Standing
    {
        get
        {
            lock (_lock)
            {
                return (_windows[RequestsMinute], _windows[RequestsDay], time.GetUtcNow() < _claimExpires);
            }
        }
    }

    /// <summary>Lets one request in: takes a unit of both request windows and a slot, which <see cref="Release"/> gives back.</summary>
    /// <returns>Null when it is in; else why not. False in <c>Live</c>: this lease is retired, and the caller must look up the client's new one.</returns>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached, and the policy is to deny.</exception>
    public ValueTask<(bool Live, Denial? Denial)> AdmitAsync(EffectiveLimits limits, CancellationToken cancellationToken) =>
        TryAdmit(limits, queued: false, out var denial) switch
        {
            Outcome.Admitted => new((true, null)),
            Outcome.Denied when denial.Kind != LimitKind.ConcurrentRequests || limits.QueuedRequests == 0 => new((true, denial)),
            Outcome.Retired => new((false, null)),
            _ => new(AdmitSlowlyAsync(limits, cancellationToken)),
        };

    /// <summary>Ends a request: its slot is free for the next.</summary>
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

    /// <summary>Takes tokens of both token windows for a request that is under way.</summary>
    /// <returns>The windows they were taken from, for <see cref="Settle"/>; or why not.</returns>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached, and the policy is to deny.</exception>
    public async ValueTask<(TokenReservation Reservation, Denial? Denial)> ReserveAsync(
        EffectiveLimits limits, long tokens, CancellationToken cancellationToken)
    {
        switch (TryReserve(limits, tokens, out var reservation, out var denial))
        {
            case Outcome.Admitted:
                return (reservation, null);
            case Outcome.Denied:
                return (default, denial);
        }

        lock (_lock)
        {
            _waitingTokens += tokens;
        }

        await EnterAsync(requests: 0, tokens, cancellationToken);
        try
        {
            while (true)
            {
                switch (TryReserve(limits, tokens, out reservation, out denial))
                {
                    case Outcome.Admitted:
                        return (reservation, null);
                    case Outcome.Denied:
                        return (default, denial);
                }

                if (await AcquireAsync(limits, requests: 0, tokens, slots: 0) is { } refused)
                {
                    return (default, refused);
                }
            }
        }
        finally
        {
            Leave(requests: 0, tokens);
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

    /// <summary>Reads what other instances have taken meanwhile, so that <see cref="GetUsage"/> is up to date.</summary>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _acquiring.WaitAsync(cancellationToken);
        try
        {
            await ReadAsync(cancellationToken);
        }
        finally
        {
            _acquiring.Release();
        }
    }

    /// <summary>Does what is due without a request: renews a claim that is in use, gives back what lies idle, records what is owed.</summary>
    /// <returns>Whether the lease holds nothing any more and has long been idle: it is then retired, and must be forgotten.</returns>
    public async Task<bool> TickAsync(bool stopping, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Roll(now);
            var idle = stopping || now - _lastRequest >= IdleTime;
            var holds = _slotsHeld > _slotsInUse || _balances.Any(balance => balance != 0) || _unrecorded.Any(units => units != 0);
            var renew = _slotsInUse > 0 && now >= _claimExpires - ClaimLifetime + RenewAfter;
            if (!(idle && holds) && !renew)
            {
                _retired = idle && !holds && _slotsInUse == 0 && _waitingRequests == 0 && now - _lastRequest > TimeSpan.FromMinutes(10);
                return _retired;
            }
        }

        await _acquiring.WaitAsync(cancellationToken);
        try
        {
            await GiveBackAsync(stopping, cancellationToken);
        }
        finally
        {
            _acquiring.Release();
        }

        return false;
    }

    private static long LimitOf(EffectiveLimits limits, int kind) => kind switch
    {
        RequestsMinute => limits.RequestsPerMinute,
        RequestsDay => limits.RequestsPerDay,
        TokensMinute => limits.TokensPerMinute,
        _ => limits.TokensPerDay,
    };

    private Outcome TryAdmit(EffectiveLimits limits, bool queued, out Denial denial)
    {
        lock (_lock)
        {
            var now = Enter(limits);
            denial = default;
            if (_retired)
            {
                return Outcome.Retired;
            }

            var hasSlot = now < _claimExpires && _slotsInUse < _slotsHeld && (queued || _queue.Count == 0);
            if (hasSlot && _balances[RequestsMinute] >= 1 && _balances[RequestsDay] >= 1)
            {
                _balances[RequestsMinute]--;
                _balances[RequestsDay]--;
                _demand[RequestsMinute]++;
                _demand[RequestsDay]++;
                _mostInUse = Math.Max(_mostInUse, ++_slotsInUse);
                return Outcome.Admitted;
            }

            // The day first: who waits for the minute would only be told to wait for the day then.
            if (IsDenied(RequestsDay, 1, now, out denial) || IsDenied(RequestsMinute, 1, now, out denial))
            {
                // Who is turned away is demand as well: the next window's lease is sized for it.
                _demand[RequestsMinute]++;
                _demand[RequestsDay]++;
                return Outcome.Denied;
            }

            if (!hasSlot && (now < _deniedUntil[(int)LimitKind.ConcurrentRequests] || (!queued && _queue.Count > 0)))
            {
                denial = new Denial(LimitKind.ConcurrentRequests, now + AskAgainForSlots);
                return Outcome.Denied;
            }

            return Outcome.MustAcquire;
        }
    }

    private Outcome TryReserve(EffectiveLimits limits, long tokens, out TokenReservation reservation, out Denial denial)
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
                return Outcome.Admitted;
            }

            if (IsDenied(TokensDay, tokens, now, out denial) || IsDenied(TokensMinute, tokens, now, out denial))
            {
                _demand[TokensMinute] += tokens;
                _demand[TokensDay] += tokens;
                return Outcome.Denied;
            }

            return Outcome.MustAcquire;
        }
    }

    private async Task<(bool Live, Denial? Denial)> AdmitSlowlyAsync(EffectiveLimits limits, CancellationToken cancellationToken)
    {
        var queued = false;
        var giveUp = time.GetUtcNow() + LongestQueueTime;
        while (true)
        {
            var (outcome, denial) = await AdmitFromStoreAsync(limits, queued, cancellationToken);
            if (outcome != Outcome.Denied)
            {
                return (outcome == Outcome.Admitted, null);
            }

            if (denial.Kind != LimitKind.ConcurrentRequests || time.GetUtcNow() >= giveUp || !await WaitInQueueAsync(limits, queued, cancellationToken))
            {
                return (true, denial);
            }

            queued = true;
        }
    }

    private async Task<(Outcome Outcome, Denial Denial)> AdmitFromStoreAsync(EffectiveLimits limits, bool queued, CancellationToken cancellationToken)
    {
        var outcome = TryAdmit(limits, queued, out var denial);
        if (outcome != Outcome.MustAcquire)
        {
            return (outcome, denial);
        }

        lock (_lock)
        {
            _waitingRequests++;
        }

        await EnterAsync(requests: 1, tokens: 0, cancellationToken);
        try
        {
            while (true)
            {
                outcome = TryAdmit(limits, queued, out denial);
                if (outcome != Outcome.MustAcquire)
                {
                    return (outcome, denial);
                }

                if (await AcquireAsync(limits, requests: 1, tokens: 0, slots: 1) is { } refused)
                {
                    return (Outcome.Denied, refused);
                }
            }
        }
        finally
        {
            Leave(requests: 1, tokens: 0);
        }
    }

    // A slot that is released here wakes the first in the queue; slots that other instances give back are found by asking.
    private async Task<bool> WaitInQueueAsync(EffectiveLimits limits, bool again, CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (!again && _queue.Count >= limits.QueuedRequests)
            {
                return false;
            }

            // Who has waited before keeps its place.
            _ = again ? _queue.AddFirst(turn) : _queue.AddLast(turn);
        }

        try
        {
            await turn.Task.WaitAsync(QueuePoll, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Ask the store.
        }
        finally
        {
            lock (_lock)
            {
                _queue.Remove(turn);
            }
        }

        return true;
    }

    private async Task EnterAsync(long requests, long tokens, CancellationToken cancellationToken)
    {
        try
        {
            await _acquiring.WaitAsync(cancellationToken);
        }
        catch
        {
            Forget(requests, tokens);
            throw;
        }
    }

    private void Leave(long requests, long tokens)
    {
        Forget(requests, tokens);
        _acquiring.Release();
    }

    private void Forget(long requests, long tokens)
    {
        lock (_lock)
        {
            _waitingRequests -= requests;
            _waitingTokens -= tokens;
        }
    }

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

    // Not cancelled with the request that began it: a write that was sent may have been done, and others wait for what it takes.
    private async Task<Denial?> AcquireAsync(EffectiveLimits limits, long requests, long tokens, long slots)
    {
        var cancellationToken = CancellationToken.None;
        var fresh = false;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            try
            {
                // Where other instances write too, what we know is likely stale: to read first costs one call, to find out by writing two.
                if (_known is null || (_othersWrite && attempt == 0))
                {
                    var version = _version;
                    await ReadAsync(cancellationToken);
                    _othersWrite = version != _version;
                    fresh = true;
                }

                var plan = PlanTake(limits, requests, tokens, slots);
                if (plan.Denial is { } denial)
                {
                    if (!fresh)
                    {
                        _known = null; // others may have given something back since
                        continue;
                    }

                    Remember(denial, plan.Missing);
                    return denial;
                }

                if (await WriteAsync(plan, cancellationToken))
                {
                    return null;
                }
            }
            catch (StorageUnavailableException) when (policy == StorageFailurePolicy.AllowLocal)
            {
                _known = null;
                return TakeLocally(limits, requests, tokens, slots);
            }

            await BackOffAsync(attempt, cancellationToken);
        }

        throw new StorageUnavailableException(new TimeoutException("The counters are too contended."));
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        (_known, _version) = await store.ReadAsync(clientId, cancellationToken);

        // While a limit is used up, claims lapse that will be back with the next window: so the figure falls slowly.
        _holders = Math.Max(_known.Holders.Count, _holders - (_holders / 8));
        lock (_lock)
        {
            See(_known.At(time.GetUtcNow()));
        }
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

    private Plan PlanTake(EffectiveLimits limits, long requests, long tokens, long slots)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Roll(now);
            var state = Rolled(now);
            var plan = new Plan { State = state, ClaimExpires = now + ClaimLifetime };
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
                var rest = Math.Min(LeaseTime.TotalSeconds, (WindowClock.EndOf(kind, _windows[kind]) - now).TotalSeconds);
                var atRate = (long)Math.Ceiling(_demand[kind] / elapsed * rest);
                var most = Math.Min(Growth * Math.Max(1, _lastTaken[kind]), LimitOf(limits, kind) / (_othersWrite ? LeasesPerWindow : LeasesPerWindowAlone));
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
            plan.Claim = Math.Max(_slotsInUse, Math.Min(room, Math.Max(_slotsInUse + Math.Max(slots, _waitingRequests), _mostInUse)));
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

    // Under the lock: the known state now, in windows no earlier than our own.
    private CounterState Rolled(DateTimeOffset now)
    {
        var state = _known!.At(now);
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

    private async Task<bool> WriteAsync(Plan plan, CancellationToken cancellationToken)
    {
        // Until the answer is there, nothing is known.
        _known = null;
        var version = await store.TryWriteAsync(clientId, plan.State, _version, cancellationToken);
        if (version is null)
        {
            _othersWrite = true;
            return false;
        }

        (_known, _version) = (plan.State, version);
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

        return true;
    }

    private async Task GiveBackAsync(bool stopping, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (_known is null)
            {
                await ReadAsync(cancellationToken);
            }

            Plan plan;
            lock (_lock)
            {
                var now = time.GetUtcNow();
                Roll(now);
                var state = Rolled(now);
                plan = new Plan { State = state, ClaimExpires = now + ClaimLifetime, Claim = _slotsInUse };
                var idle = stopping || now - _lastRequest >= IdleTime;
                for (var kind = 0; kind < WindowClock.Kinds && idle; kind++)
                {
                    state.Taken[kind] = Math.Max(0, state.Taken[kind] - _balances[kind]) + _unrecorded[kind];
                    plan.Recorded[kind] = _unrecorded[kind];
                    plan.Returned[kind] = _balances[kind];
                    _balances[kind] = 0; // gone, whatever becomes of the write
                }

                plan.Claim = idle ? _slotsInUse : Math.Max(_slotsInUse, _slotsHeld);
                plan.Held = Math.Min(plan.Claim, Math.Max(0, (_limits?.ConcurrentRequests ?? 0) - state.SlotsOfOthers(instance)));
                _slotsHeld = Math.Min(_slotsHeld, plan.Held);
                plan.State = state.WithClaim(instance, plan.Claim, plan.ClaimExpires);
            }

            if (await WriteAsync(plan, cancellationToken))
            {
                return;
            }

            // Surely not written: take the units back up, if their window still lasts, and try again.
            lock (_lock)
            {
                Roll(time.GetUtcNow());
                for (var kind = 0; kind < WindowClock.Kinds; kind++)
                {
                    _balances[kind] += plan.State.Windows[kind] == _windows[kind] ? plan.Returned[kind] : 0;
                }
            }

            await BackOffAsync(attempt, cancellationToken);
        }
    }

    private Denial? TakeLocally(EffectiveLimits limits, long requests, long tokens, long slots)
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
            _claimExpires = now + ClaimLifetime;
            return null;
        }

        long Missing(int kind)
        {
            var need = kind is RequestsMinute or RequestsDay ? requests : tokens;
            return need > 0 ? Math.Max(0, need - _balances[kind]) : 0;
        }
    }

    private void Remember(Denial denial, long missing)
    {
        lock (_lock)
        {
            var kind = (int)denial.Kind;
            if (denial.Kind == LimitKind.ConcurrentRequests)
            {
                _deniedUntil[kind] = time.GetUtcNow() + AskAgainForSlots;
                return;
            }

            // Others may yet give something back, but each time it was in vain that grows less likely.
            var until = time.GetUtcNow() + (AskAgainForUnits * (1 << Math.Min(_denials[kind]++, MostDoublings)));
            _deniedUntil[kind] = until < denial.Until ? until : denial.Until;
            _deniedNeeds[kind] = missing;
        }
    }

    // As many instances as hold slots may be writing at once, one of which gets through in about the time of a call: they spread over the
    // time that all of them need.
    private Task BackOffAsync(int attempt, CancellationToken cancellationToken)
    {
        var most = Math.Max(CallMilliseconds * _holders, CallMilliseconds << Math.Min(attempt, MostDoublings));
        return Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, most)), time, cancellationToken);
    }

    private sealed class Plan
    {
        public required CounterState State { get; set; }

        public long[] Take { get; } = new long[WindowClock.Kinds];

        public long[] Returned { get; } = new long[WindowClock.Kinds];

        public long[] Recorded { get; } = new long[WindowClock.Kinds];

        /// <summary>The slots to claim in the store: those in use at the least, even if others took them when a claim had lapsed.</summary>
        public long Claim { get; set; }

        /// <summary>The slots that requests may use: only as many as the limit has room for.</summary>
        public long Held { get; set; }

        public DateTimeOffset ClaimExpires { get; init; }

        public Denial? Denial { get; set; }

        /// <summary>How many units the denied counter lacked.</summary>
        public long Missing { get; set; }
    }
}
