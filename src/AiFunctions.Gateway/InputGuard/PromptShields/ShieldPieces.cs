namespace AiFunctions.Gateway.InputGuard.PromptShields;

/// <summary>Cuts a text into pieces that the service takes.</summary>
internal static class ShieldPieces
{
    /// <summary>The most that one call takes, in characters, of a prompt or of all its documents together.</summary>
    public const int LongestPiece = 10_000;

    /// <summary>Each piece begins with this much of the end of the one before, so that nothing is hidden on a border.</summary>
    public const int Overlap = 1_000;

    /// <summary>How many calls are made about one text at most.</summary>
    public const int MostPieces = 4;

    /// <summary>The pieces; none at all when it would take too many.</summary>
    public static IReadOnlyList<ReadOnlyMemory<char>> Cut(ReadOnlyMemory<char> text)
    {
        if (text.Length > LongestPiece + ((MostPieces - 1) * (LongestPiece - Overlap - 2)))
        {
            return [];
        }

        var pieces = new List<ReadOnlyMemory<char>>();
        var start = 0;
        while (true)
        {
            var end = Math.Min(start + LongestPiece, text.Length);
            if (end < text.Length && char.IsHighSurrogate(text.Span[end - 1]))
            {
                end--;
            }

            pieces.Add(text[start..end]);
            if (end == text.Length)
            {
                return pieces;
            }

            start = end - Overlap;
            if (char.IsLowSurrogate(text.Span[start]))
            {
                start++;
            }
        }
    }
}
