using System.Text;
using AiFunctions.Gateway.Text;

namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>
/// Characters that are, or may become, a written-out character: <c>&amp;#64;</c>, <c>&amp;#x40;</c>, <c>&amp;commat;</c>, <c>\u0040</c>, <c>\u{40}</c>,
/// <c>\U00000040</c>, <c>\x40</c>, <c>%40</c>, <c>%E2%80%8B</c>. Only what patterns need is decoded.
/// </summary>
internal sealed class EscapeSequence
{
    // Ends an escape that goes on as if it could without end: zeros before a number, an ampersand written out again and again.
    private const int MostShown = 256;
    private const int Longest = 48;
    private const int MostBackslashes = 32;
    private const int MostDigits = 8;
    private const int MostHexDigits = 6;

    // HTML's names (WHATWG HTML, 13.5) for the punctuation of addresses, numbers and keys, and for what cannot be seen.
    private static readonly (string Name, char Value)[] Names =
    [
        ("&commat;", '@'), ("&period;", '.'), ("&lowbar;", '_'), ("&hyphen;", '-'), ("&dash;", '-'), ("&plus;", '+'), ("&colon;", ':'),
        ("&sol;", '/'), ("&bsol;", '\\'), ("&equals;", '='), ("&nbsp;", ' '), ("&lpar;", '('), ("&rpar;", ')'), ("&amp;", '&'),
        ("&percnt;", '%'), ("&num;", '#'), ("&semi;", ';'), ("&Tab;", '\t'), ("&NewLine;", '\n'), ("&NonBreakingSpace;", ' '),
        ("&shy;", '\u00AD'), ("&zwj;", '\u200D'), ("&zwnj;", '\u200C'), ("&lrm;", '\u200E'), ("&rlm;", '\u200F'), ("&ZeroWidthSpace;", '\u200B'),
        ("&NegativeThinSpace;", '\u200B'), ("&NegativeMediumSpace;", '\u200B'), ("&NegativeThickSpace;", '\u200B'), ("&NegativeVeryThinSpace;", '\u200B'),
        ("&NoBreak;", '\u2060'), ("&af;", '\u2061'), ("&ApplyFunction;", '\u2061'), ("&it;", '\u2062'), ("&InvisibleTimes;", '\u2062'),
        ("&ic;", '\u2063'), ("&InvisibleComma;", '\u2063'),
    ];

    private readonly char[] _characters = new char[Longest];
    private readonly int[] _rawLengths = new int[Longest];
    private readonly int[] _shownLengths = new int[Longest];
    private int _shown;

    public int Length { get; private set; }

    public char First => _characters[0];

    /// <summary>How many characters as they came are held here.</summary>
    public int RawLength { get; private set; }

    /// <summary>Whether it is one, or may become one.</summary>
    public bool IsViable => Length > 0 && Read(out _) is var verdict && verdict != Verdict.None && (verdict != Verdict.Open || (_shown <= MostShown && Length < Longest));

    private ReadOnlySpan<char> Written => _characters.AsSpan(0, Length);

    public static bool MayStart(char c) => c is '&' or '\\' or '%';

    public void Add(char c, int rawLength)
    {
        if (c == '0' && IsZeroPadded())
        {
            _shownLengths[Length - 1] += rawLength;
            _shown += rawLength;
            Lengthen(rawLength);
            return;
        }

        _characters[Length] = c;
        _rawLengths[Length] = rawLength;
        _shownLengths[Length++] = rawLength;
        _shown += rawLength;
        RawLength += rawLength;
    }

    /// <summary>Counts raw characters that show nothing to the last character.</summary>
    public void Lengthen(int rawLength)
    {
        _rawLengths[Length - 1] += rawLength;
        RawLength += rawLength;
    }

    public void RemoveFirst(out char c, out int rawLength)
    {
        c = _characters[0];
        rawLength = _rawLengths[0];
        RawLength -= rawLength;
        _shown -= _shownLengths[0];
        Length--;
        _characters.AsSpan(1, Length).CopyTo(_characters);
        _rawLengths.AsSpan(1, Length).CopyTo(_rawLengths);
        _shownLengths.AsSpan(1, Length).CopyTo(_shownLengths);
    }

    public void Clear() => Length = RawLength = _shown = 0;

    /// <summary>Whether it is a whole one.</summary>
    /// <param name="decoded">What it stands for: a code point, or half a surrogate pair.</param>
    /// <param name="isFollowed">Whether the last character comes after it: HTML's numbers may end without a semicolon.</param>
    public bool TryDecode(out int decoded, out bool isFollowed)
    {
        decoded = default;
        var verdict = Length > 0 ? Read(out decoded) : Verdict.None;
        isFollowed = verdict == Verdict.Before;
        return verdict is Verdict.Whole or Verdict.Before;
    }

    /// <summary>Takes the last character off.</summary>
    public void RemoveLast(out char c, out int rawLength)
    {
        Length--;
        c = _characters[Length];
        rawLength = _rawLengths[Length];
        RawLength -= rawLength;
        _shown -= _shownLengths[Length];
    }

    // One zero stands for all that lead a number.
    private bool IsZeroPadded() => Written is ['&', '#', '0'] or ['&', '#', 'x' or 'X', '0'] or [.., '\\', 'u', '{', '0'];

    private Verdict Read(out int decoded) => _characters[0] switch
    {
        '&' => Length > 1 && _characters[1] == '#' ? Numeric(Written[2..], out decoded) : Name(Written, out decoded),
        '%' => Percent(Written, out decoded),
        '\\' => Backslash(Written, out decoded),
        _ => Nothing(out decoded),
    };

    private static Verdict Name(ReadOnlySpan<char> text, out int decoded)
    {
        decoded = default;
        var open = false;
        foreach (var (name, value) in Names)
        {
            if (name.AsSpan().StartsWith(text, StringComparison.OrdinalIgnoreCase))
            {
                if (name.Length == text.Length)
                {
                    decoded = value;
                    return Verdict.Whole;
                }

                open = true;
            }
        }

        return open ? Verdict.Open : Verdict.None;
    }

    private static Verdict Numeric(ReadOnlySpan<char> text, out int decoded)
    {
        var isHex = text is ['x' or 'X', ..];
        var digits = isHex ? text[1..] : text;
        var most = isHex ? MostHexDigits + 1 : MostDigits; // and a zero for those that lead
        decoded = default;
        var value = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = DigitOf(digits[i]);
            if (digit >= (isHex ? 16 : 10))
            {
                return i > 0 && IsDecoded(decoded = value) ? digits[i] == ';' ? Verdict.Whole : Verdict.Before : Verdict.None;
            }

            if (i >= most)
            {
                return Verdict.None;
            }

            value = (value * (isHex ? 16 : 10)) + digit;
        }

        return Verdict.Open;
    }

    private static Verdict Percent(ReadOnlySpan<char> text, out int decoded)
    {
        decoded = default;
        Span<byte> bytes = stackalloc byte[4];
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (i % 3 == 0 ? text[i] != '%' : !char.IsAsciiHexDigit(text[i]))
            {
                return Verdict.None;
            }

            if (i % 3 == 2)
            {
                bytes[count++] = (byte)((DigitOf(text[i - 1]) * 16) + DigitOf(text[i]));
                var status = Rune.DecodeFromUtf8(bytes[..count], out var rune, out _);
                if (status == System.Buffers.OperationStatus.Done)
                {
                    return Whole(rune.Value, out decoded);
                }

                if (status == System.Buffers.OperationStatus.InvalidData)
                {
                    return Verdict.None;
                }
            }
        }

        return Verdict.Open;
    }

    private static Verdict Backslash(ReadOnlySpan<char> text, out int decoded)
    {
        decoded = default;
        var slashes = text.IndexOfAnyExcept('\\');
        if (slashes < 0)
        {
            return text.Length <= MostBackslashes ? Verdict.Open : Verdict.None;
        }

        var rest = text[(slashes + 1)..];
        return text[slashes] switch
        {
            '@' => Whole('@', out decoded),
            'u' when rest is ['{', .. var digits] => Braced(digits, out decoded),
            'u' => FixedHex(rest, 4, 0xFFFF, out decoded),
            'U' => FixedHex(rest, 8, 0x10FFFF, out decoded),
            'x' => FixedHex(rest, 2, '~', out decoded),
            _ => Verdict.None,
        };
    }

    private static Verdict Braced(ReadOnlySpan<char> digits, out int decoded)
    {
        decoded = default;
        var value = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            if (digits[i] == '}')
            {
                return i > 0 ? Whole(value, out decoded) : Verdict.None;
            }

            if (i > MostHexDigits || !char.IsAsciiHexDigit(digits[i]))
            {
                return Verdict.None;
            }

            value = (value * 16) + DigitOf(digits[i]);
        }

        return Verdict.Open;
    }

    private static Verdict FixedHex(ReadOnlySpan<char> digits, int length, int most, out int decoded)
    {
        decoded = default;
        var value = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiHexDigit(c) || value > most)
            {
                return Verdict.None;
            }

            value = (value * 16) + DigitOf(c);
        }

        return digits.Length < length ? Verdict.Open
            : value is < 0 || value > most ? Verdict.None
            : value is >= 0xD800 and < 0xE000 ? Half(value, out decoded)
            : Whole(value, out decoded);
    }

    private static int DigitOf(char c) => char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiHexDigit(c) ? (c | 0x20) - 'a' + 10 : 16;

    // Of the planes beyond the first, only what has a plain form or none at all.
    private static bool IsDecoded(int value) =>
        value is >= ' ' and <= '~' or '\t' or '\n' or '\r' or (>= '\u00A0' and < '\uD800') or (>= '\uE000' and <= '\uFFFF')
            || (Rune.IsValid(value) && value > '\uFFFF' && (InvisibleCharacters.Contains(new Rune(value)) || CharFolding.IsFolded(value)));

    private static Verdict Whole(int value, out int decoded)
    {
        decoded = value;
        return IsDecoded(value) ? Verdict.Whole : Verdict.None;
    }

    private static Verdict Half(int value, out int decoded)
    {
        decoded = value;
        return Verdict.Whole;
    }

    private static Verdict Nothing(out int decoded)
    {
        decoded = default;
        return Verdict.None;
    }

    private enum Verdict
    {
        None,
        Open,
        Whole,
        Before,
    }
}
