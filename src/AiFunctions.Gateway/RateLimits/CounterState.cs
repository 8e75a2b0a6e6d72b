using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>A client's counters as they are stored: what all instances together have taken.</summary>
/// <remarks>Arrays are indexed by the first four of <see cref="LimitKind"/>. A state is not changed once it has been written.</remarks>
internal sealed class CounterState
{
    /// <summary>How far instances' clocks may be apart. An instance counts another's slots as lost only this long after they expired.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    /// <summary>The window that each counter is in.</summary>
    public long[] Windows { get; init; } = new long[WindowClock.Kinds];

    /// <summary>The units taken in that window.</summary>
    public long[] Taken { get; init; } = new long[WindowClock.Kinds];

    /// <summary>Who holds concurrency slots.</summary>
    public IReadOnlyList<SlotHolder> Holders { get; init; } = [];

    /// <summary>Names the write that made this state; empty in one that has not been written. By it an instance whose write was never answered sees later whether it was done.</summary>
    public string WriteId { get; init; } = "";

    /// <summary>The state as it is at a moment: windows that have ended are followed by fresh ones, and no window ever goes back, so that
    /// of an instance's clock and the stored window the later wins. Holders that did not renew are gone.</summary>
    public CounterState At(DateTimeOffset now)
    {
        var state = new CounterState
        {
            Windows = [.. Windows],
            Taken = [.. Taken],
            Holders = [.. Holders.Where(holder => holder.ExpiresAt + ClockSkew > now)],
        };
        for (var kind = 0; kind < WindowClock.Kinds; kind++)
        {
            var current = WindowClock.WindowOf(kind, now);
            if (current > state.Windows[kind])
            {
                state.Windows[kind] = current;
                state.Taken[kind] = 0;
            }
        }

        return state;
    }

    /// <summary>The slots that instances other than this one hold.</summary>
    public long SlotsOfOthers(string instance) => Holders.Where(holder => holder.Instance != instance).Sum(holder => holder.Slots);

    /// <summary>The state with this instance's claim on slots put in place of its last one, to be written.</summary>
    public CounterState WithClaim(string instance, long slots, DateTimeOffset expiresAt, string writeId)
    {
        var others = Holders.Where(holder => holder.Instance != instance);
        return new CounterState
        {
            Windows = Windows,
            Taken = Taken,
            WriteId = writeId,
            Holders = slots > 0 ? [.. others, new SlotHolder(instance, slots, expiresAt)] : [.. others],
        };
    }
}
