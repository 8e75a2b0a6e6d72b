using System.Text;

namespace AiFunctions.Gateway.Text;

/// <summary>
/// The characters that show nothing, so that a text reads the same without them: Unicode's Default_Ignorable_Code_Point and the general category
/// Cf (Unicode 17), and the blank Braille pattern. Matching and fingerprints pass over them; no text loses them for that, since many have a use:
/// joiners and variation selectors in emoji, fillers in Hangul, tags in flags.
/// </summary>
/// <remarks>White space and control characters are not among them.</remarks>
internal static class InvisibleCharacters
{
    /// <summary>Whether a character of the basic plane is invisible. For the others see <see cref="Contains(char, char)"/>.</summary>
    public static bool Contains(char c) => c >= '\u00AD' && IsInvisible(c);

    /// <summary>Whether a pair of surrogates is an invisible character.</summary>
    public static bool Contains(char high, char low) =>
        MayBegin(high) && char.IsLowSurrogate(low) && IsInvisible(char.ConvertToUtf32(high, low));

    /// <summary>Whether a character is invisible.</summary>
    public static bool Contains(Rune rune) => rune.Value >= '\u00AD' && IsInvisible(rune.Value);

    /// <summary>Whether a high surrogate begins some character that is invisible.</summary>
    public static bool MayBegin(char high) =>
        high is '\uD804' or '\uD80D' or '\uD82F' or '\uD834' or (>= '\uDB40' and <= '\uDB43');

    /// <summary>How long the invisible character at a place is in UTF-16; 0 when the one there is visible.</summary>
    public static int LengthAt(ReadOnlySpan<char> text, int index)
    {
        var c = text[index];
        return c < '\u00AD' ? 0
            : char.IsHighSurrogate(c) ? index + 1 < text.Length && Contains(c, text[index + 1]) ? 2 : 0
            : IsInvisible(c) ? 1
            : 0;
    }

    /// <summary>Whether an invisible character has hardly any use in ordinary text, so that many of them tell of an attempt to hide something.</summary>
    /// <remarks>Not so variation selectors, fillers and the signs before Arabic numbers, which ordinary text may be full of.</remarks>
    public static bool IsRareInText(char c) => c switch
    {
        '\u00AD' or '\uFEFF' => true,
        >= '\u200B' and <= '\u200F' => true,
        >= '\u202A' and <= '\u202E' => true,
        >= '\u2060' and <= '\u206F' => true,
        _ => false,
    };

    private static bool IsInvisible(int codePoint) => codePoint switch
    {
        0x00AD or 0x034F or 0x061C or 0x06DD or 0x070F or 0x08E2 => true,
        >= 0x0600 and <= 0x0605 => true, // signs that stand around an Arabic number
        0x0890 or 0x0891 => true,
        0x115F or 0x1160 or 0x3164 or 0xFFA0 => true, // Hangul fillers
        0x17B4 or 0x17B5 => true,
        >= 0x180B and <= 0x180F => true,
        >= 0x200B and <= 0x200F => true,
        >= 0x202A and <= 0x202E => true,
        >= 0x2060 and <= 0x206F => true,
        0x2800 => true,
        >= 0xFE00 and <= 0xFE0F => true, // variation selectors
        0xFEFF => true,
        >= 0xFFF0 and <= 0xFFFB => true,
        0x110BD or 0x110CD => true,
        >= 0x13430 and <= 0x1343F => true,
        >= 0x1BCA0 and <= 0x1BCA3 => true,
        >= 0x1D173 and <= 0x1D17A => true,
        >= 0xE0000 and <= 0xE0FFF => true, // tags and more variation selectors
        _ => false,
    };
}
