namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>What detection makes of a character: variants of letters, widths and dashes become plain (after Unicode's NFKC, UAX #15).</summary>
internal static class CharFolding
{
    /// <summary>The first half of every mathematical letter and digit.</summary>
    public const char MathematicalHigh = '\uD835';

    private const int FirstMathematical = 0x1D400;
    private const int FirstMathematicalDigit = 0x1D7CE;

    // Letters that Unicode had before the mathematical alphabets.
    private const string LetterLike = "ℂℊℋℌℍℎℏℐℑℒℓℕℙℚℛℜℝℤℨ\u212Aℬℭℯℰℱℳℴℹⅅⅆⅇⅈⅉ";
    private const string Letters = "CgHHHhhIILlNPQRRRZZKBCeEFMoiDdeij";

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
        >= '\u24B6' and <= '\u24CF' => (char)(c - '\u24B6' + 'A'),
        >= '\u24D0' and <= '\u24E9' => (char)(c - '\u24D0' + 'a'),
        >= '\u2102' and <= '\u2149' => LetterLike.IndexOf(c, StringComparison.Ordinal) is var i and >= 0 ? Letters[i] : c,
        _ => c,
    };

    /// <summary>The plain form of a mathematical letter or digit; <c>'\0'</c> when the pair is none.</summary>
    public static char Fold(char high, char low) => high == MathematicalHigh && char.IsLowSurrogate(low) ? FoldMathematical(char.ConvertToUtf32(high, low)) : '\0';

    /// <summary>Whether a character beyond the first plane has a plain form.</summary>
    public static bool IsFolded(int codePoint) => FoldMathematical(codePoint) != '\0';

    // Thirteen alphabets of 52 letters; after Greek, five rows of ten digits.
    private static char FoldMathematical(int codePoint) => codePoint switch
    {
        >= FirstMathematical and < 0x1D6A4 => (codePoint - FirstMathematical) % 52 is var i && i < 26 ? (char)('A' + i) : (char)('a' + i - 26),
        0x1D6A4 => 'i',
        0x1D6A5 => 'j',
        >= FirstMathematicalDigit and <= 0x1D7FF => (char)('0' + ((codePoint - FirstMathematicalDigit) % 10)),
        _ => '\0',
    };
}
