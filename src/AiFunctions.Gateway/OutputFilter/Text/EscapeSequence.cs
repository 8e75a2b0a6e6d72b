namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>
/// Characters that are, or may become, a written-out character: <c>&amp;#64;</c>, <c>&amp;#x40;</c>, <c>&amp;commat;</c>, <c>\u0040</c>, <c>\x40</c>, <c>%40</c>.
/// Only what patterns need is decoded.
/// </summary>
internal sealed class EscapeSequence
{
    private const int Longest = 12;
    private const int MostDigits = 7;
    private const int MostHexDigits = 6;

    // HTML's names (WHATWG HTML, 13.5) for the punctuation of addresses, numbers and keys.
    private static readonly (string Name, char Value)[] Names =
    [
        ("&commat;", '@'), ("&period;", '.'), ("&lowbar;", '_'), ("&hyphen;", '-'), ("&dash;", '-'), ("&plus;", '+'), ("&colon;", ':'),
        ("&sol;", '/'), ("&bsol;", '\\'), ("&equals;", '='), ("&nbsp;", ' '), ("&lpar;", '('), ("&rpar;", ')'), ("&amp;", '&'),
    ];

    private readonly char[] _characters = new char[Longest];
    private readonly ushort[] _rawLengths = new ushort[Longest];

    public int Length { get; private set; }

    public char First => _characters[0];

    public int RawLength
    {
        get
        {
            var length = 0;
            foreach (var each in _rawLengths.AsSpan(0, Length))
            {
                length += each;
            }

            return length;
        }
    }

    /// <summary>Whether it is one, or may become one.</summary>
    public bool IsViable => Length > 0 && Read(out _) != Verdict.None;

    private ReadOnlySpan<char> Written => _characters.AsSpan(0, Length);

    public static bool MayStart(char c) => c is '&' or '\\' or '%';

    public void Add(char c, int rawLength)
    {
        _characters[Length] = c;
        _rawLengths[Length++] = (ushort)rawLength;
    }

    /// <summary>Counts raw characters that show nothing to the last character.</summary>
    public void Lengthen(int rawLength) => _rawLengths[Length - 1] += (ushort)rawLength;

    public void RemoveFirst(out char c, out int rawLength)
    {
        c = _characters[0];
        rawLength = _rawLengths[0];
        Length--;
        _characters.AsSpan(1, Length).CopyTo(_characters);
        _rawLengths.AsSpan(1, Length).CopyTo(_rawLengths);
    }

    public void Clear() => Length = 0;

    public bool TryDecode(out char decoded)
    {
        decoded = default;
        return Length > 0 && Read(out decoded) == Verdict.Whole;
    }

    private Verdict Read(out char decoded)
    {
        var text = Written;
        decoded = default;
        return text switch
        {
            ['&', '#', 'x' or 'X', .. var digits] => Number(digits, 16, MostHexDigits, out decoded),
            ['&', '#', .. var digits] => Number(digits, 10, MostDigits, out decoded),
            ['&', ..] => Name(text, out decoded),
            ['%'] or ['%', '4'] or ['\\'] => Verdict.Open,
            ['%', '4', '0'] => Whole('@', out decoded),
            ['\\', 'u', .. var digits] => FixedHex(digits, 4, out decoded),
            ['\\', 'x', .. var digits] => FixedHex(digits, 2, out decoded),
            _ => Verdict.None,
        };
    }

    private static Verdict Name(ReadOnlySpan<char> text, out char decoded)
    {
        decoded = default;
        var open = false;
        foreach (var (name, value) in Names)
        {
            if (name.AsSpan().StartsWith(text, StringComparison.OrdinalIgnoreCase))
            {
                if (name.Length == text.Length)
                {
                    return Whole(value, out decoded);
                }

                open = true;
            }
        }

        return open ? Verdict.Open : Verdict.None;
    }

    private static Verdict Number(ReadOnlySpan<char> digits, int radix, int most, out char decoded)
    {
        decoded = default;
        var value = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            if (digits[i] == ';')
            {
                return i > 0 ? Plain(value, out decoded) : Verdict.None;
            }

            var digit = char.IsAsciiDigit(digits[i]) ? digits[i] - '0' : char.IsAsciiHexDigit(digits[i]) ? (digits[i] | 0x20) - 'a' + 10 : radix;
            if (digit >= radix || i >= most)
            {
                return Verdict.None;
            }

            value = (value * radix) + digit;
        }

        return Verdict.Open;
    }

    private static Verdict FixedHex(ReadOnlySpan<char> digits, int length, out char decoded)
    {
        decoded = default;
        var value = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return Verdict.None;
            }

            value = (value * 16) + (char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }

        return digits.Length < length ? Verdict.Open : length == 2 && value > '~' ? Verdict.None : Plain(value, out decoded);
    }

    private static Verdict Plain(int value, out char decoded)
    {
        decoded = default;
        return value is >= ' ' and <= '~' or (>= '\u00A0' and < '\uD800') or (>= '\uE000' and <= '\uFFFF') ? Whole((char)value, out decoded) : Verdict.None;
    }

    private static Verdict Whole(char value, out char decoded)
    {
        decoded = value;
        return Verdict.Whole;
    }

    private enum Verdict
    {
        None,
        Open,
        Whole,
    }
}
