using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace AiFunctions.Gateway.InputGuard.Prompts;

/// <summary>The bytes of a file that stands in a JSON string, a window of them at a time, so that a long file is nowhere as a whole a second time.</summary>
internal ref struct FileBytes
{
    /// <summary>A window has at least room for so many bytes.</summary>
    public const int SmallestWindow = 256;

    private const int LettersPerGroup = 4;
    private const int LongestCharacter = 4;
    private const int HexDigits = 4;

    // Of a character's escape in an address, what stands behind its sign.
    private const int PercentDigits = 2;

    private static readonly SearchValues<byte> Base64Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    private readonly ReadOnlySpan<byte> _data;
    private readonly bool _isAddress;
    private readonly bool _isBase64;
    private ReadOnlySpan<byte> _rest;
    private Carry _open;
    private int _openLength;
    private Carry _letters;
    private int _letterCount;

    /// <param name="escaped">What stands between the string's quotation marks; its escapes are valid.</param>
    /// <param name="skip">How much of the string, unescaped, stands before the data of a data address; 0 for what is none.</param>
    /// <param name="isBase64">Whether the data are to be decoded.</param>
    /// <param name="window">Where the bytes go.</param>
    public FileBytes(ReadOnlySpan<byte> escaped, int skip, bool isBase64, Span<byte> window)
    {
        _data = Skip(escaped, skip);
        _rest = _data;
        _isAddress = skip > 0;
        _isBase64 = isBase64;
        Window = window;
    }

    /// <summary>Where the bytes go.</summary>
    public Span<byte> Window { get; }

    /// <summary>The same bytes, in base64 or decoded.</summary>
    public readonly FileBytes As(bool isBase64) => new(_data, 0, isBase64, Window, _isAddress);

    private FileBytes(ReadOnlySpan<byte> data, int skip, bool isBase64, Span<byte> window, bool isAddress)
        : this(data, skip, isBase64, window) => _isAddress = isAddress;

    /// <summary>Begins again.</summary>
    public void Rewind()
    {
        _rest = _data;
        _openLength = 0;
        _letterCount = 0;
    }

    /// <summary>Reads on.</summary>
    /// <param name="keep">How many bytes at the window's beginning stay; a few.</param>
    /// <returns>How many bytes stand behind them now; 0 at the end.</returns>
    public int Read(int keep = 0)
    {
        var window = Window[keep..];
        if (!_isBase64)
        {
            return ReadData(window);
        }

        Span<byte> letters = _letters;
        letters[.._letterCount].CopyTo(window);
        var have = _letterCount;
        while (have < LettersPerGroup)
        {
            var read = ReadData(window[have..]);
            if (read == 0)
            {
                _letterCount = 0;
                return DecodeLast(window[..have]);
            }

            have += KeepLetters(window.Slice(have, read));
        }

        var whole = have - (have % LettersPerGroup);
        _letterCount = have - whole;
        window[whole..have].CopyTo(letters);
        Base64.DecodeFromUtf8InPlace(window[..whole], out var decoded);
        return decoded;
    }

    private int ReadData(Span<byte> into)
    {
        if (!_isAddress)
        {
            return ReadUnescaped(into);
        }

        Span<byte> open = _open;
        open[.._openLength].CopyTo(into);
        var have = _openLength + ReadUnescaped(into[_openLength..]);
        var whole = have;
        var end = Math.Max(0, have - PercentDigits);
        if (!_rest.IsEmpty && into[end..have].IndexOf((byte)'%') is >= 0 and var sign)
        {
            whole = end + sign;
        }

        _openLength = have - whole;
        into[whole..have].CopyTo(open);
        return PercentDecode(into[..whole]);
    }

    private int ReadUnescaped(Span<byte> into)
    {
        var written = 0;
        while (!_rest.IsEmpty && written < into.Length)
        {
            var most = _rest[..Math.Min(_rest.Length, into.Length - written)];
            var plain = most.IndexOf((byte)'\\');
            plain = plain < 0 ? most.Length : plain;
            if (plain > 0)
            {
                most[..plain].CopyTo(into[written..]);
                written += plain;
                _rest = _rest[plain..];
                continue;
            }

            if (into.Length - written < LongestCharacter)
            {
                break;
            }

            written += Unescape(into[written..], ref _rest);
        }

        return written;
    }

    private static ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> escaped, int count)
    {
        Span<byte> character = stackalloc byte[LongestCharacter];
        while (count > 0)
        {
            if (escaped[0] == '\\')
            {
                count -= Unescape(character, ref escaped);
            }
            else
            {
                count--;
                escaped = escaped[1..];
            }
        }

        return escaped;
    }

    // Takes the escape that stands first.
    private static int Unescape(scoped Span<byte> into, ref ReadOnlySpan<byte> escaped)
    {
        var sign = escaped[1];
        escaped = escaped[2..];
        if (sign != 'u')
        {
            into[0] = sign switch
            {
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                _ => sign,
            };
            return 1;
        }

        var unit = TakeUnit(ref escaped);
        if (!Rune.TryCreate(unit, out var rune))
        {
            var rest = escaped;
            rune = char.IsHighSurrogate(unit) && rest.StartsWith("\\u"u8) && Rune.TryCreate(unit, TakeLow(ref rest), out var pair) ? pair : Rune.ReplacementChar;
            escaped = rune == Rune.ReplacementChar ? escaped : rest;
        }

        return rune.EncodeToUtf8(into);
    }

    private static char TakeLow(ref ReadOnlySpan<byte> escaped)
    {
        escaped = escaped[2..];
        return TakeUnit(ref escaped);
    }

    private static char TakeUnit(ref ReadOnlySpan<byte> escaped)
    {
        var unit = (char)ushort.Parse(escaped[..HexDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        escaped = escaped[HexDigits..];
        return unit;
    }

    private static int PercentDecode(Span<byte> data)
    {
        var length = data.IndexOf((byte)'%');
        if (length < 0)
        {
            return data.Length;
        }

        for (var i = length; i < data.Length; i++)
        {
            var isEscape = data[i] == '%' && i + PercentDigits < data.Length && char.IsAsciiHexDigit((char)data[i + 1]) && char.IsAsciiHexDigit((char)data[i + 2]);
            data[length++] = isEscape ? (byte)((HexValue(data[i + 1]) << 4) | HexValue(data[i + 2])) : data[i];
            i += isEscape ? PercentDigits : 0;
        }

        return length;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    // As forgiving as the most forgiving reader: either alphabet, padding or none, and what is in neither is passed over.
    private static int KeepLetters(Span<byte> data)
    {
        var rest = data;
        var length = 0;
        while (!rest.IsEmpty)
        {
            var plain = rest.IndexOfAnyExcept(Base64Alphabet);
            plain = plain < 0 ? rest.Length : plain;
            rest[..plain].CopyTo(data[length..]);
            length += plain;
            if (plain < rest.Length)
            {
                var letter = rest[plain++] switch
                {
                    (byte)'-' => (byte)'+',
                    (byte)'_' => (byte)'/',
                    _ => (byte)0,
                };
                data[length] = letter;
                length += letter == 0 ? 0 : 1;
            }

            rest = rest[plain..];
        }

        return length;
    }

    private static int DecodeLast(Span<byte> letters)
    {
        if (letters.Length < 2)
        {
            return 0;
        }

        Span<byte> last = [letters[0], letters[1], letters.Length > 2 ? letters[2] : (byte)'A', (byte)'A'];
        Base64.DecodeFromUtf8InPlace(last, out _);
        last[..(letters.Length - 1)].CopyTo(letters);
        return letters.Length - 1;
    }

    [InlineArray(LettersPerGroup)]
    private struct Carry
    {
        private byte _first;
    }
}
