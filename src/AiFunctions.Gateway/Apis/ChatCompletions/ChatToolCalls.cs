namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>
/// Tells which tool call of a choice a piece belongs to. By the format its <c>index</c> says so; but some servers number no call, or all the
/// same, and tell them apart by their ids alone.
/// </summary>
internal sealed class ChatToolCalls
{
    private readonly List<Call> _calls = new(1);

    /// <summary>The place of a piece's call among the choice's calls, in the order in which they began.</summary>
    /// <param name="id">The call's id; empty when the piece has none.</param>
    /// <param name="index">Its index; null when it has none.</param>
    /// <param name="hasName">Whether it names a function, as the first piece of a call does.</param>
    /// <param name="ordinal">Its place in the list that it stands in.</param>
    public int SlotOf(ReadOnlySpan<byte> id, int? index, bool hasName, int ordinal)
    {
        var slot = Find(id, index, hasName, ordinal);
        if (slot < 0)
        {
            _calls.Add(new Call(id.ToArray(), index));
            return _calls.Count - 1;
        }

        if (id.Length > 0 && _calls[slot].Id.Length == 0)
        {
            _calls[slot] = _calls[slot] with { Id = id.ToArray() };
        }

        return slot;
    }

    private int Find(ReadOnlySpan<byte> id, int? index, bool hasName, int ordinal)
    {
        for (var slot = _calls.Count - 1; slot >= 0; slot--)
        {
            var call = _calls[slot];
            if (id.Length > 0 && call.Id.Length > 0)
            {
                if (id.SequenceEqual(call.Id))
                {
                    return slot;
                }

                if (index is not null && call.Index == index)
                {
                    return -1; // a new id begins a new call, whatever its index
                }
            }
            else if (index is not null && call.Index == index)
            {
                return slot;
            }
        }

        if (index is not null || id.Length > 0 || hasName || ordinal >= _calls.Count)
        {
            return -1;
        }

        return ordinal == 0 ? _calls.Count - 1 : ordinal; // neither number nor id: more of what was begun last
    }

    private readonly record struct Call(byte[] Id, int? Index);
}
