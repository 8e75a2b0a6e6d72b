using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns.Secrets;

/// <summary>The texts that secrets begin with. Walked from each place where one may start, so no failure links are needed.</summary>
internal sealed class PrefixTrie
{
    private const char First = '!';
    private const int Width = '~' - First + 1;

    private readonly ushort[] _next;
    private readonly RuleShape[]?[] _ends;
    private readonly bool[] _goesOn;

    /// <param name="shapes">Shapes that begin with a text.</param>
    public PrefixTrie(IEnumerable<RuleShape> shapes)
    {
        var next = new List<ushort[]> { new ushort[Width] };
        var ends = new List<List<RuleShape>> { new() };
        foreach (var shape in shapes)
        {
            ushort node = 0;
            foreach (var c in shape.Shape.Prefix)
            {
                ref var edge = ref next[node][c - First];
                if (edge == 0)
                {
                    edge = checked((ushort)next.Count);
                    next.Add(new ushort[Width]);
                    ends.Add([]);
                }

                node = edge;
            }

            ends[node].Add(shape);
        }

        _next = [.. next.SelectMany(row => row)];
        _ends = [.. ends.Select(each => each.Count == 0 ? null : each.ToArray())];
        _goesOn = [.. next.Select(row => row.AsSpan().ContainsAnyExcept((ushort)0))];
    }

    /// <summary>Whether one of the texts stands at a place, as far as has come.</summary>
    public bool MayStart(ReadOnlySpan<char> text, int index)
    {
        var node = 0;
        while (index < text.Length)
        {
            node = Next(node, text[index++]);
            if (node == 0 || _ends[node] is not null)
            {
                return node != 0;
            }
        }

        return true;
    }

    /// <summary>Finds the longest secret at the cursor.</summary>
    /// <param name="text">The text.</param>
    /// <param name="match">The longest found yet.</param>
    public void Match(ref TextCursor text, ref PatternMatch match)
    {
        var node = 0;
        for (var i = 0; _goesOn[node]; i++)
        {
            node = Next(node, text[i]);
            if (node == 0)
            {
                return;
            }

            foreach (var each in _ends[node] ?? [])
            {
                if (each.Shape.TryMatch(ref text, 0, each.Rule, out var found) && found.Length > match.Length)
                {
                    match = found;
                }
            }
        }
    }

    private int Next(int node, char c) => (uint)(c - First) < Width ? _next[(node * Width) + c - First] : 0;
}
