namespace AiFunctions.Gateway.RateLimits;

/// <summary>The requests that wait for a slot, in the order in which they came. Not thread-safe: the <see cref="LeaseLedger"/> has the lock.</summary>
internal sealed class SlotQueue
{
    private readonly LinkedList<SlotWaiter> _waiters = new();

    /// <summary>Whether nobody waits.</summary>
    public bool IsEmpty => _waiters.Count == 0;

    /// <summary>Who comes first; null when nobody waits.</summary>
    public SlotWaiter? First => _waiters.First?.Value;

    /// <summary>Joins the queue at its end.</summary>
    /// <param name="longest">How many may wait.</param>
    /// <returns>Null when as many do.</returns>
    public SlotWaiter? Join(long longest)
    {
        if (_waiters.Count >= longest)
        {
            return null;
        }

        var waiter = new SlotWaiter();
        _waiters.AddLast(waiter);
        return waiter;
    }

    /// <summary>Leaves the queue.</summary>
    public void Leave(SlotWaiter waiter) => _waiters.Remove(waiter);
}
