using System.Text;
using AiFunctions.Gateway.OutputFilter.Text;
using AiFunctions.Gateway.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>
/// Policy terms in a trie, walked from each word start: as terms are whole words, no Aho-Corasick failure links are needed to
/// find every one. Space in a term stands for any run of up to 8 white characters.
/// </summary>
internal sealed class TermTrie
{
    private const int LongestSpace = 8;

    private readonly Dictionary<(int Node, char Next), int> _edges = [];
    private readonly List<bool> _ends = [false];

    public TermTrie(IEnumerable<string> terms)
    {
        foreach (var term in terms)
        {
            var node = 0;
            foreach (var c in string.Join(' ', Fold(term).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
            {
                if (!_edges.TryGetValue((node, c), out var next))
                {
                    next = _ends.Count;
                    _ends.Add(false);
                    _edges.Add((node, c), next);
                }

                node = next;
            }

            _ends[node] = node != 0;
        }
    }

    public bool IsEmpty => _edges.Count == 0;

    /// <summary>Whether a term may start with this character.</summary>
    public bool MayStart(char c) => _edges.ContainsKey((0, Lower(c)));

    /// <summary>Finds the longest term at the cursor.</summary>
    public bool TryMatch(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        var node = 0;
        var i = 0;
        var longest = 0;
        while (true)
        {
            var c = Lower(text[i]);
            var step = 1;
            if (CharClass.IsSpace(c))
            {
                c = ' ';
                while (step < LongestSpace && CharClass.IsSpace(text[i + step]))
                {
                    step++;
                }
            }

            if (!_edges.TryGetValue((node, c), out node))
            {
                break;
            }

            i += step;
            if (_ends[node] && IsBoundary(text[i - 1], text[i]))
            {
                longest = i;
            }
        }

        match = new PatternMatch(longest);
        return longest > 0;
    }

    // Scripts without spaces between words (Han, Kana, Thai …) have no boundary to ask for.
    private static bool IsBoundary(char last, char next) => !char.IsLetterOrDigit(next) || CharClass.IsUnspacedScript(last) || CharClass.IsUnspacedScript(next);

    private static char Lower(char c) => char.ToLowerInvariant(c);

    private static string Fold(string term)
    {
        var folded = new StringBuilder(term.Length);
        for (var i = 0; i < term.Length; i++)
        {
            var invisible = InvisibleCharacters.LengthAt(term, i);
            if (invisible > 0)
            {
                i += invisible - 1;
            }
            else
            {
                folded.Append(Lower(CharFolding.Fold(term[i])));
            }
        }

        return folded.ToString();
    }
}
