namespace AiFunctions.Gateway.Clients;

/// <summary>Which of a client's keys come of which.</summary>
internal static class KeyLineage
{
    /// <summary>A key and all that falls with it, the key first: successors that were handed to whoever presented it, theirs, and so on, working or not.</summary>
    public static List<ClientKey> FallingWith(ClientKey first, IReadOnlyList<ClientKey> all)
    {
        var children = all.Where(key => key is { FallsWithPredecessor: true, PredecessorId: not null }).ToLookup(key => key.PredecessorId!, StringComparer.Ordinal);
        var falling = new List<ClientKey> { first };
        var seen = new HashSet<string>(StringComparer.Ordinal) { first.KeyId };
        for (var i = 0; i < falling.Count; i++)
        {
            falling.AddRange(children[falling[i].KeyId].Where(child => seen.Add(child.KeyId)));
        }

        return falling;
    }

    /// <summary>The first key down the line of successors that works; null when none does.</summary>
    public static ClientKey? LiveSuccessor(ClientKey key, List<ClientKey> all, DateTimeOffset now)
    {
        var left = all.Count;
        var successor = Next(key);
        while (successor is not null && !successor.IsLive(now) && left-- > 0)
        {
            successor = Next(successor);
        }

        return successor?.IsLive(now) is true ? successor : null;

        ClientKey? Next(ClientKey from) => from.SuccessorId is { } id ? all.Find(other => other.KeyId == id) : null;
    }
}
