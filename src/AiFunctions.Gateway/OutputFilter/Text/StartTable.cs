using AiFunctions.Gateway.OutputFilter.Patterns;
using AiFunctions.Gateway.OutputFilter.Patterns.Secrets;

namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>Where patterns can start: at a word, or at a sign that opens one. Most of a text is neither and is passed over.</summary>
internal static class StartTable
{
    private const int LongestPlainWord = 15;

    private static readonly ushort[] Patterns = [.. Enumerable.Range(0, 0x250).Select(c => PatternSet.StartingWith((char)c))];

    // 1: starts something only where no word character stands before; 2: starts something anywhere.
    private static readonly byte[] Kinds = [.. Enumerable.Range(0, 0x250).Select(c => (byte)(CharClass.IsWord((char)c) ? 1 : PatternSet.StartingWith((char)c) != 0 ? 2 : 0))];

    /// <summary>The patterns that can start at a place, a bit each.</summary>
    public static ushort At(ReadOnlySpan<char> text, int index)
    {
        var c = text[index];
        var patterns = c < Patterns.Length ? Patterns[c] : PatternSet.BlocklistOnly;
        return index > 0 && CharClass.IsWord(c) && CharClass.IsWord(text[index - 1]) ? (ushort)(patterns & PatternSet.InsideWords) : patterns;
    }

    /// <summary>The first place from an index on where a pattern could start; the length when there is none.</summary>
    public static int Next(ReadOnlySpan<char> text, int from, TermTrie blocklist, SecretRules rules)
    {
        var kinds = Kinds;
        var inWord = from > 0 && CharClass.IsWord(text[from - 1]);
        for (var i = from; i < text.Length; i++)
        {
            var c = text[i];
            if (c < kinds.Length)
            {
                var kind = kinds[c];
                if (kind == 2)
                {
                    return i;
                }

                if (kind == 1 && !inWord)
                {
                    var end = PlainWordEnd(text, i);
                    if (end == 0 || (!blocklist.IsEmpty && blocklist.MayStart(c)))
                    {
                        return i;
                    }

                    i = end - 1;
                }
                else if (kind == 1 && MayStartInside(text, i, rules))
                {
                    return i;
                }

                inWord = kind == 1;
            }
            else
            {
                inWord = false;
                if (!blocklist.IsEmpty && blocklist.MayStart(c) && (i == 0 || !char.IsLetterOrDigit(text[i - 1]) || CharClass.IsUnspacedScript(c)))
                {
                    return i;
                }
            }
        }

        return text.Length;
    }

    // A number after a letter, or the first characters of a key; not all of them may have come yet.
    private static bool MayStartInside(ReadOnlySpan<char> text, int i, SecretRules rules) =>
        (char.IsAsciiDigit(text[i]) && !char.IsAsciiDigit(text[i - 1])) || rules.MayStartInside(text, i);

    /// <summary>
    /// Where a word ends that is only letters and followed by what tells that no pattern can start with it; 0 when that is not known. It
    /// spares most words the patterns, and must never say otherwise than they would.
    /// </summary>
    private static int PlainWordEnd(ReadOnlySpan<char> text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            end++;
        }

        if (end + 1 >= text.Length || end == start || end - start > LongestPlainWord)
        {
            return 0;
        }

        var plain = text[end] switch
        {
            ' ' => text[end + 1] is not (' ' or '=' or ':') && !IsOpening(text[start..end]),
            '\n' or ',' => true,
            '.' => text[end + 1] is ' ' or '\n',
            _ => false,
        };
        return plain ? end : 0;
    }

    // The words after which a pattern can start: a frame's "at" and "File", a header's scheme.
    private static bool IsOpening(ReadOnlySpan<char> word) => word.Length switch
    {
        2 => word is "at",
        4 => word is "File",
        5 => word.Equals("basic", StringComparison.OrdinalIgnoreCase),
        6 => word.Equals("bearer", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}
