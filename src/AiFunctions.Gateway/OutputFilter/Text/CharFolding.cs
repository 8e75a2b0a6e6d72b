namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>What detection makes of a character: width and dash variants become plain (after Unicode's NFKC, UAX #15).</summary>
internal static class CharFolding
{
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
