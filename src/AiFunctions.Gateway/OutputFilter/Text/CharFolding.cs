namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>What detection makes of a character: width and dash variants become plain, invisible ones vanish (after Unicode's NFKC, UAX #15).</summary>
internal static class CharFolding
{
    /// <summary>Whether it shows nothing, so that text reads the same without it: zero-width, bidi marks, soft hyphen, variation selectors.</summary>
    public static bool IsInvisible(char c) => c switch
    {
        < '\u00AD' => false,
        '\u00AD' or '\u034F' or '\u061C' or '\u180E' or '\uFEFF' => true,
        >= '\u200B' and <= '\u200F' => true,
        >= '\u202A' and <= '\u202E' => true,
        >= '\u2060' and <= '\u206F' => true,
        >= '\uFE00' and <= '\uFE0F' => true,
        _ => false,
    };

    /// <summary>The plain form. The two characters that the engine uses as marks never come out.</summary>
    public static char Fold(char c) => c switch
    {
        '\0' or CanonicalText.StringEdge => '\u0002',
        < '\u00A0' => c,
        '\u00A0' or '\u202F' or '\u205F' or '\u3000' => ' ',
        >= '\u2000' and <= '\u200A' => ' ',
        >= '\u2010' and <= '\u2015' => '-',
        '\u2212' or '\uFE58' or '\uFE63' => '-',
        '\u2024' or '\uFE52' => '.',
        '\uFE6B' => '@',
        >= '\uFF01' and <= '\uFF5E' => (char)(c - 0xFEE0),
        _ => c,
    };
}
