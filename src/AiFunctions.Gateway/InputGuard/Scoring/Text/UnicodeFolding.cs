using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using AiFunctions.Gateway.Text;

namespace AiFunctions.Gateway.InputGuard.Scoring.Text;

/// <summary>
/// What each character is read as: NFKC with case and diacritics folded, white space and invisible characters read as nothing.
/// A table of our own, because <see cref="string.Normalize()"/> does nothing where globalisation is invariant.
/// </summary>
internal sealed class UnicodeFolding
{
    /// <summary>Stands for a character outside the basic plane that has no reading, such as an emoji.</summary>
    public const char Symbol = '\uFFFD';

    /// <summary>Where a reading is more than one character.</summary>
    private const char Expanded = '\uFFFF';

    private const char Dropped = '\0';

    private readonly char[] _readings = new char[char.MaxValue + 1];
    private readonly CharacterClass[] _classes = new CharacterClass[char.MaxValue + 1];
    private readonly Dictionary<int, string> _expansions = [];

    // A cold start waits for this and runs it once, so it is compiled well at once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private UnicodeFolding(IEnumerable<(string Reading, string Characters)> table)
    {
        for (var c = 0; c <= char.MaxValue; c++)
        {
            var category = CharUnicodeInfo.GetUnicodeCategory(c);
            _readings[c] = IsDropped((char)c, category) ? Dropped : c < 0x80 ? (char)c : char.ToLowerInvariant((char)c);
            _classes[c] = Classify(c, category);
        }

        foreach (var (reading, characters) in table)
        {
            foreach (var rune in characters.EnumerateRunes())
            {
                if (rune.IsBmp)
                {
                    _readings[rune.Value] = reading.Length == 1 ? reading[0] : Expanded;
                }

                if (!rune.IsBmp || reading.Length > 1)
                {
                    _expansions[rune.Value] = reading;
                }
            }
        }
    }

    /// <summary>The table.</summary>
    public static UnicodeFolding Instance { get; } = new(Resources.ReadTable("Folding.txt"));

    /// <summary>What a folded character is.</summary>
    public CharacterClass Classify(char folded) => _classes[folded];

    /// <summary>The reading of a character of the basic plane; false if it is dropped or has several, see <see cref="Expand"/>.</summary>
    public bool TryRead(char c, out char reading)
    {
        reading = _readings[c];
        return reading is not (Dropped or Expanded);
    }

    /// <summary>The reading of a code point that has not exactly one character; empty if it is dropped.</summary>
    public ReadOnlySpan<char> Expand(int codePoint)
    {
        if (codePoint <= char.MaxValue && _readings[codePoint] == Dropped)
        {
            return [];
        }

        if (_expansions.TryGetValue(codePoint, out var reading))
        {
            return reading;
        }

        return Rune.TryCreate(codePoint, out var rune) && InvisibleCharacters.Contains(rune) ? [] : [Symbol];
    }

    private static bool IsDropped(char c, UnicodeCategory category) =>
        category is UnicodeCategory.Control or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.EnclosingMark
        || char.IsWhiteSpace(c)
        || IsMark(c)
        || InvisibleCharacters.Contains(c)
        || c is Expanded or '\uFFFE';

    // The marks that are stacked on letters to hide them; not the vowel signs of Indic scripts and Thai, without which words fall together.
    private static bool IsMark(char c) =>
        c is >= '\u0300' and <= '\u036F' or >= '\u0483' and <= '\u0489' or >= '\u0591' and <= '\u05BD' or '\u05BF' or '\u05C1' or '\u05C2'
            or '\u05C4' or '\u05C5' or '\u05C7' or >= '\u064B' and <= '\u065F' or '\u0670' or >= '\u1AB0' and <= '\u1AFF'
            or >= '\u1DC0' and <= '\u1DFF' or >= '\u20D0' and <= '\u20FF' or >= '\uFE20' and <= '\uFE2F' or '\u0640';

    private static CharacterClass Classify(int c, UnicodeCategory category) => category switch
    {
        UnicodeCategory.OtherLetter when c is >= 0x2E80 and <= 0x9FFF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF => CharacterClass.Syllable,
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark => CharacterClass.Letter,
        UnicodeCategory.DecimalDigitNumber => CharacterClass.Digit,
        _ => CharacterClass.Other,
    };
}
