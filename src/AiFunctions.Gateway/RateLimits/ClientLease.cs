using System.Diagnostics.CodeAnalysis;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Tiers;

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
    public static readonly TimeSpan ClaimLifetime = TimeSpan.FromSeconds(30);

    /// <summary>A lease is sized to last this long at the rate at which the last one was spent.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);

    /// <summary>After this long without a request, what is left of the lease goes back.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(2);

    /// <summary>How long a request may wait for a slot.</summary>
    public static readonly TimeSpan LongestQueueTime = TimeSpan.FromSeconds(30);

    /// <summary>How long a request may wait for a slot that lies idle with another instance, which gives it back as soon as it knows of this one.</summary>
    public static readonly TimeSpan LongestReturnTime = TimeSpan.FromSeconds(5);

    private const int MostAttempts = 30;
    private const int MostAttemptsOfTick = 3;
    private const int MostDoublings = 6;
    private const int CallMilliseconds = 10;
    private const int LongestSpreadMilliseconds = 250;
    private static readonly TimeSpan LongestContention = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan QueuePoll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PollOfHolder = TimeSpan.FromMilliseconds(8);
    private static readonly TimeSpan ReturnAfter = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan RefreshTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OutageMemory = TimeSpan.FromSeconds(1);

    private readonly LeaseLedger _ledger = new(instance, time);

    // One call to the store at a time. Who holds the semaphore owns the fields below.
    private readonly SemaphoreSlim _acquiring = new(1, 1);
    private CounterState? _known;
    private string? _version;
    private (LeasePlan Plan, string? Version)? _inDoubt;
    private long _contendedAt;
    private bool _othersWrite;
    private int _returning;

    // These are read without it, too.
    private long _answers;
    private long _failedAt;
    private long _readAt;
    private volatile bool _isFailing;
    private volatile bool _hasRead;
    private volatile int _holders = 1;

    /// <summary>What the client may ask for beside the work of models.</summary>
    public SideAllowance Side { get; } = new();

    /// <summary>What the client has been told to wait for.</summary>
    public ToldWaits Waits { get; } = new();

    /// <summary>The minute and the day that units are spent in now, and whether the claim on slots holds.</summary>
    internal (long Minute, long Day, bool ClaimHolds) Standing => _ledger.Standing;

    // While the store is away, only the ticks ask for it: a store that hangs would hold up each request for as long as a call may take.
    private bool CountsLocally => _isFailing && policy == StorageFailurePolicy.AllowLocal;

    /// <summary>Lets one request in: takes a unit of both request windows and a slot, which <see cref="Release"/> gives back.</summary>
    /// <returns>Null when it is in; else why not. False in <c>Live</c>: this lease is retired, and the caller must look up the client's new one.</returns>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached, and the policy is to deny; or too many instances write at once.</exception>
    public ValueTask<(bool Live, Denial? Denial)> AdmitAsync(EffectiveLimits limits, CancellationToken cancellationToken) =>
        _ledger.TryAdmit(limits, waiter: null, out var denial) switch
        {
            LeaseOutcome.Admitted => new((true, null)),
            LeaseOutcome.Denied when denial.Kind != LimitKind.ConcurrentRequests || (limits.QueuedRequests == 0 && !_ledger.MayWait) => new((true, denial)),
            LeaseOutcome.Retired => new((false, null)),
            _ => new(AdmitSlowlyAsync(limits, cancellationToken)),
        };

    /// <summary>Ends a request: its slot is free for the next.</summary>
    public void Release()
    {
        _ledger.Release();
        if (_ledger.HasSlotsToReturn && Interlocked.Exchange(ref _returning, 1) == 0)
        {
            _ = ReturnSlotsAsync();
        }
    }

    /// <summary>Takes tokens of both token windows for a request that is under way.</summary>
    /// <returns>The windows they were taken from, for <see cref="Settle"/>; or why not.</returns>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached, and the policy is to deny; or too many instances write at once.</exception>
    public async ValueTask<(TokenReservation Reservation, Denial? Denial)> ReserveAsync(
        EffectiveLimits limits, long tokens, CancellationToken cancellationToken)
    {
        LeaseOutcome outcome;
        TokenReservation reservation;
        Denial denial;
        while ((outcome = _ledger.TryReserve(limits, tokens, out reservation, out denial)) == LeaseOutcome.MustAcquire)
        {
            if (await AcquireAsync(limits, requests: 0, tokens, slots: 0, cancellationToken) is { } refused)
            {
                return (default, refused);
            }
        }

        return outcome == LeaseOutcome.Admitted ? (reservation, null) : (default, denial);
    }

    /// <summary>Replaces reserved tokens with those used. What was too much can be spent again while its window lasts; what was too little
    /// is owed by the next requests.</summary>
    public void Settle(TokenReservation reservation, long used) => _ledger.Settle(reservation, used);

    /// <summary>How the client stands, as far as this instance knows.</summary>
    public WindowUsage[] GetUsage(EffectiveLimits limits) => _ledger.GetUsage(limits);

    /// <summary>Reads what other instances have taken meanwhile, so that <see cref="GetUsage"/> is up to date.</summary>
    /// <param name="onlyIfNever">Whether it is enough to have ever asked the store.</param>
    /// <param name="cancellationToken">The caller is gone.</param>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached, and the policy is to deny.</exception>
    public async ValueTask RefreshAsync(bool onlyIfNever, CancellationToken cancellationToken)
    {
        if (IsRecent() || CountsLocally)
        {
            return;
        }

        await _acquiring.WaitAsync(cancellationToken);
        try
        {
            if (!IsRecent()) // those who asked meanwhile share one call
            {
                ThrowIfJustFailed();
                await ReadAsync();
            }
        }
        catch (StorageUnavailableException) when (policy == StorageFailurePolicy.AllowLocal)
        {
            // What is known here has to do.
        }
        finally
        {
            _acquiring.Release();
        }

        bool IsRecent() => _hasRead && (onlyIfNever || time.GetElapsedTime(Volatile.Read(ref _readAt)) < RefreshTime);
    }

    /// <summary>Does what is due without a request: renews a claim that is in use, gives back what lies idle, records what is owed, looks for
    /// a store that was away.</summary>
    /// <returns>Whether the lease holds nothing any more and has long been idle: it is then retired, and must be forgotten.</returns>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached.</exception>
    public async Task<bool> TickAsync(bool stopping, CancellationToken cancellationToken)
    {
        var isDue = _ledger.IsDue(stopping, mayRetire: !CountsLocally, out var retired) || CountsLocally;
        var looks = !isDue && _ledger.HoldsScarceSlots;
        if (!isDue && !looks)
        {
            return retired;
        }

        // While a request asks the store, it renews the claim itself; and the tick has other clients to look after.
        if (!await _acquiring.WaitAsync(stopping ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellationToken))
        {
            return false;
        }

        try
        {
            if (looks)
            {
                await ReadAsync(); // whether others are there who may want a slot
            }

            if (!looks || _ledger.HasSlotsToReturn)
            {
                await GiveBackAsync(stopping, cancellationToken);
            }
        }
        finally
        {
            _acquiring.Release();
        }

        return false;
    }

    // The next request here may come at once; then it needs no call to the store.
    private async Task ReturnSlotsAsync()
    {
        await Task.Delay(ReturnAfter, time, CancellationToken.None);
        Volatile.Write(ref _returning, 0);
        if (CountsLocally || !_ledger.HasSlotsToReturn)
        {
            return;
        }

        await _acquiring.WaitAsync(CancellationToken.None);
        try
        {
            if (_ledger.HasSlotsToReturn)
            {
                await GiveBackAsync(stopping: false, CancellationToken.None);
            }
        }
        catch (StorageUnavailableException)
        {
            // The ticks try again.
        }
        finally
        {
            _acquiring.Release();
        }
    }

    private async Task<(bool Live, Denial? Denial)> AdmitSlowlyAsync(EffectiveLimits limits, CancellationToken cancellationToken)
    {
        SlotWaiter? waiter = null;
        var started = time.GetTimestamp();
        try
        {
            while (true)
            {
                var (outcome, denial) = await AdmitFromStoreAsync(limits, waiter, cancellationToken);
                if (outcome != LeaseOutcome.Denied)
                {
                    return (outcome == LeaseOutcome.Admitted, null);
                }

                var waited = time.GetElapsedTime(started);
                var longest = limits.QueuedRequests > 0 ? LongestQueueTime : LongestReturnTime;
                if (denial.Kind != LimitKind.ConcurrentRequests
                    || waited >= longest
                    || (waiter ??= _ledger.JoinQueue(limits)) is not { } place)
                {
                    return (true, denial);
                }

                // A slot that is released here wakes the first in the queue; slots that other instances give back, the first finds by asking.
                await place.WaitAsync(PollAfter(waited, longest), time, cancellationToken);
            }
        }
        finally
        {
            if (waiter is not null)
            {
                _ledger.LeaveQueue(waiter);
            }
        }
    }

    // Most slots that go back do so soon. Who has waited long asks more often again, lest those who came later, elsewhere, have all that falls
    // free; where that would be more than some hundred calls a second of all instances, each asks no more often than it would anyhow.
    private TimeSpan PollAfter(TimeSpan waited, TimeSpan longest)
    {
        var poll = waited < longest / 5 ? waited / 2 : PollOfHolder * _holders;
        return poll < ShortestPoll ? ShortestPoll : poll < QueuePoll ? poll : QueuePoll;
    }

    private async Task<(LeaseOutcome Outcome, Denial Denial)> AdmitFromStoreAsync(
        EffectiveLimits limits, SlotWaiter? waiter, CancellationToken cancellationToken)
    {
        LeaseOutcome outcome;
        Denial denial;
        while ((outcome = _ledger.TryAdmit(limits, waiter, out denial)) == LeaseOutcome.MustAcquire)
        {
            if (await AcquireAsync(limits, requests: 1, tokens: 0, slots: 1, cancellationToken) is { } refused)
            {
                return (LeaseOutcome.Denied, refused);
            }
        }

        return (outcome, denial);
    }

    // The call itself is not cancelled with the request that began it: a write that was sent may have been done, and others wait for what it takes.
    private async Task<Denial?> AcquireAsync(EffectiveLimits limits, long requests, long tokens, long slots, CancellationToken cancellationToken)
    {
        if (CountsLocally)
        {
            return _ledger.TakeLocally(limits, requests, tokens, slots);
        }

        var seen = Volatile.Read(ref _answers);
        _ledger.Wait(requests, tokens);
        try
        {
            await _acquiring.WaitAsync(cancellationToken);
            try
            {
                // Another's call may have taken enough for all that waited for it, or found that there is nothing to take.
                return seen == _answers ? await TakeAsync(limits, requests, tokens, slots) : null;
            }
            catch (StorageUnavailableException) when (CountsLocally)
            {
                return _ledger.TakeLocally(limits, requests, tokens, slots);
            }
            finally
            {
                _acquiring.Release();
            }
        }
        finally
        {
            _ledger.Wait(-requests, -tokens);
        }
    }

    private async Task<Denial?> TakeAsync(EffectiveLimits limits, long requests, long tokens, long slots)
    {
        ThrowIfJustFailed();
        var fresh = false;
        var started = time.GetTimestamp();
        for (var attempt = 0; attempt < MostAttempts && time.GetElapsedTime(started) < LongestContention; attempt++)
        {
            // Where other instances write too, what we know is likely stale: to read first costs one call, to find out by writing two.
            if (_known is null || (_othersWrite && attempt == 0))
            {
                if (attempt == 0 && _othersWrite && _holders > 1 && _ledger.OpensWindow)
                {
                    // At the turn of the minute all of them come at once. Spread over the time of a read and a write each, few write in vain.
                    var spread = Math.Min(2 * CallMilliseconds * _holders, LongestSpreadMilliseconds);
                    await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(spread)), time, CancellationToken.None);
                }

                var version = _version;
                await ReadAsync();
                _othersWrite = version != _version;
                fresh = true;
            }

            var plan = _ledger.PlanTake(_known!, limits, requests, tokens, slots, _othersWrite ? Math.Max(2, _holders) : 1);
            if (plan.Denial is { } denial)
            {
                if (!fresh)
                {
                    _known = null; // others may have given something back since
                    continue;
                }

                _ledger.Remember(plan, denial, _holders);
                _answers++;
                return denial;
            }

            if (await WriteAsync(plan))
            {
                _answers++;
                return null;
            }

            _ledger.Undo(plan);
            await BackOffAsync(attempt, CancellationToken.None);
        }

        _contendedAt = time.GetTimestamp();
        throw new StorageUnavailableException(new TimeoutException("The counters are too contended."));
    }

    // Those who waited for a call that failed do not each wait for one more.
    private void ThrowIfJustFailed()
    {
        if ((_isFailing && (CountsLocally || time.GetElapsedTime(_failedAt) < OutageMemory))
            || (_contendedAt != 0 && time.GetElapsedTime(_contendedAt) < OutageMemory))
        {
            throw new StorageUnavailableException(new TimeoutException("The last call has just failed."));
        }
    }

    private async Task GiveBackAsync(bool stopping, CancellationToken cancellationToken)
    {
        // The next tick comes in a second; only who stops has to get through now.
        var started = time.GetTimestamp();
        for (var attempt = 0; attempt < (stopping ? MostAttempts : MostAttemptsOfTick) && time.GetElapsedTime(started) < LongestContention; attempt++)
        {
            if (_known is null)
            {
                await ReadAsync();
            }

            var plan = _ledger.PlanGiveBack(_known!, stopping);
            if (await WriteAsync(plan))
            {
                return;
            }

            _ledger.Undo(plan);
            await BackOffAsync(attempt, cancellationToken);
        }
    }

    private async Task ReadAsync()
    {
        _known = null;
        (_known, _version) = await CallAsync(store.ReadAsync(clientId, CancellationToken.None));
        if (_inDoubt is { } doubt && doubt.Version != _version)
        {
            // Done after all, if the last write is that one. If others have written since, nobody can tell: then what it took is lost.
            _inDoubt = null;
            if (_known.WriteId == doubt.Plan.State.WriteId)
            {
                _ledger.Apply(doubt.Plan);
            }
        }

        // While a limit is used up, claims lapse that will be back with the next window: so the figure falls slowly.
        _holders = Math.Max(_known.Holders.Count, _holders - (_holders / 8));
        Volatile.Write(ref _readAt, time.GetTimestamp());
        _hasRead = true;
        _ledger.Learn(_known);
    }

    private async Task<bool> WriteAsync(LeasePlan plan)
    {
        _known = null; // until the answer is there, nothing is known
        var earlier = _inDoubt;
        _inDoubt = (plan, _version);
        var version = await CallAsync(store.TryWriteAsync(clientId, plan.State, _version, CancellationToken.None));
        if (version is null)
        {
            _inDoubt = earlier; // it may be the one that came first
            _othersWrite = true;
            return false;
        }

        _inDoubt = null;
        (_known, _version) = (plan.State, version);
        _hasRead = true;
        _ledger.Apply(plan);
        return true;
    }

    private async Task<T> CallAsync<T>(Task<T> call)
    {
        try
        {
            var result = await call;
            _isFailing = false;
            return result;
        }
        catch (StorageUnavailableException)
        {
            _failedAt = time.GetTimestamp();
            _isFailing = true;
            throw;
        }
    }

    // As many instances as hold slots may be writing at once, one of which gets through in about the time of a call: they spread over the
    // time that all of them need.
    private Task BackOffAsync(int attempt, CancellationToken cancellationToken)
    {
        var most = Math.Max(CallMilliseconds * _holders, CallMilliseconds << Math.Min(attempt, MostDoublings));
        return Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, most)), time, cancellationToken);
    }
}
