using System.Buffers;
using AiFunctions.Gateway.Text;

namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>
/// A channel's text as it came and as patterns see it, side by side, from a little before the first undecided character on.
/// For patterns, HTML entities, <c>\u0040</c> and <c>%40</c> are decoded, invisible characters are gone, width variants are plain, and in
/// tool-call arguments JSON strings are unescaped. What leaves is the text as it came.
/// </summary>
internal sealed class CanonicalText(bool isJson)
{
    /// <summary>Stands for the quote that opens or closes a JSON string. No pattern has it, so none spans two strings.</summary>
    public const char StringEdge = '\u0001';

    /// <summary>How many decided characters are kept for patterns that ask what stands before.</summary>
    public const int Context = 48;

    private const ushort Bare = 0x8000;
    private const int FirstLength = 128;
    private const int MostInvisible = 16;

    private static readonly SearchValues<char> PlainAscii = SearchValues.Create(
        [.. Enumerable.Range(2, 126).Select(i => (char)i).Where(c => c is not ('&' or '\\' or '%'))]);

    private readonly EscapeSequence _escape = new();
    private readonly CharBuffer _raw = new();
    private char[] _canonical = new char[FirstLength];
    private ushort[] _rawLengths = [];
    private JsonStringScanner _json = new(isJson);
    private bool _isMapped;
    private int _count;
    private int _tail;
    private int _invisible;
    private char _highSurrogate;
    private int _highSurrogateLength;
    private long _dropped;

    /// <summary>What patterns see, with the context before.</summary>
    public ReadOnlySpan<char> Text => _canonical.AsSpan(0, _count);

    /// <summary>Where the first undecided character stands in <see cref="Text"/>.</summary>
    public int Next { get; private set; }

    /// <summary>How many canonical characters went before <see cref="Text"/>.</summary>
    public long Position => _dropped;

    /// <summary>Whether anything has not been passed on yet.</summary>
    public bool IsHolding => _isMapped ? _raw.Length > 0 : Next < _count;

    /// <summary>Whether the text is JSON that is not whole yet.</summary>
    public bool IsOpenJson => _json.IsOpen;

    /// <summary>Whether a character belongs to a JSON number or another value without quotes.</summary>
    public bool IsBare(int index) => _isMapped && (_rawLengths[index] & Bare) != 0;

    /// <summary>Adds text as it came.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        Compact();
        if (!_isMapped && !isJson)
        {
            var plain = text.IndexOfAnyExcept(PlainAscii);
            while (plain >= 0 && !NeedsMapping(text[plain]))
            {
                plain++;
                var more = text[plain..].IndexOfAnyExcept(PlainAscii);
                plain = more < 0 ? -1 : plain + more;
            }

            var identical = plain < 0 ? text : text[..plain];
            EnsureRoom(identical.Length);
            identical.CopyTo(_canonical.AsSpan(_count));
            _count += identical.Length;
            if (plain < 0)
            {
                return;
            }

            text = text[plain..];
        }

        Map();
        foreach (var c in text)
        {
            Take(c);
        }
    }

    /// <summary>Says that no more comes: what looked like an escape's start is none.</summary>
    public void Complete() => Flush();

    /// <summary>Takes off everything from a place on.</summary>
    public void Cut(int index)
    {
        _count = index;
        _highSurrogate = '\0';
        _escape.Clear();
        _tail = 0;
    }

    /// <summary>Passes characters on as they came.</summary>
    public void Release(int count, CharBuffer output)
    {
        if (_isMapped)
        {
            var length = RawLength(count);
            output.Append(_raw.Written[..length]);
            _raw.RemoveFirst(length);
        }
        else
        {
            output.Append(_canonical.AsSpan(Next, count));
        }

        Next += count;
    }

    /// <summary>Passes on what stands after the last character: invisible ones.</summary>
    public void ReleaseTail(CharBuffer output)
    {
        if (_isMapped)
        {
            output.Append(_raw.Written[^_tail..]);
            _raw.Shorten(_tail);
            _tail = 0;
        }
    }

    /// <summary>Takes characters out.</summary>
    public void Withhold(int count)
    {
        if (_isMapped)
        {
            _raw.RemoveFirst(RawLength(count));
        }

        Next += count;
    }

    private static bool NeedsMapping(char c) => c is '&' or '\\' or '%' || CharFolding.Fold(c) != c || InvisibleCharacters.Contains(c) || InvisibleCharacters.MayBegin(c);

    private int RawLength(int count)
    {
        var length = 0;
        foreach (var each in _rawLengths.AsSpan(Next, count))
        {
            length += each & ~Bare;
        }

        return length;
    }

    private void Map()
    {
        if (_isMapped)
        {
            return;
        }

        _isMapped = true;
        if (_rawLengths.Length < _canonical.Length)
        {
            _rawLengths = new ushort[_canonical.Length];
        }

        _rawLengths.AsSpan(Next, _count - Next).Fill(1);
        _raw.Clear();
        _raw.Append(_canonical.AsSpan(Next, _count - Next));
    }

    private void Compact()
    {
        var surplus = Next - Context;
        if (surplus > 0)
        {
            _canonical.AsSpan(surplus, _count - surplus).CopyTo(_canonical);
            if (_isMapped)
            {
                _rawLengths.AsSpan(surplus, _count - surplus).CopyTo(_rawLengths);
            }

            _dropped += surplus;
            _count -= surplus;
            Next -= surplus;
        }

        if (_isMapped && !isJson && Next == _count && _tail == 0 && _escape.Length == 0 && _highSurrogate == '\0')
        {
            _isMapped = false;
        }

        if (_canonical.Length > FirstLength * 16 && _count < FirstLength)
        {
            Array.Resize(ref _canonical, FirstLength);
            Array.Resize(ref _rawLengths, _isMapped ? FirstLength : 0);
        }
    }

    private void Take(char c)
    {
        _raw.Append(c);
        switch (_json.Take(c, out var decoded, out var length))
        {
            case JsonStringStep.Pending:
                break;
            case JsonStringStep.Edge:
                Flush();
                Emit(StringEdge, length, isBare: false);
                break;
            case JsonStringStep.Bare:
                Emit(CharFolding.Fold(decoded), length, isBare: true);
                break;
            case JsonStringStep.Broken:
                Decode('\u0002', length);
                Decode(c, 1);
                break;
            default:
                Decode(decoded, length);
                break;
        }
    }

    private void Decode(char c, int rawLength)
    {
        if (_highSurrogate != '\0')
        {
            var high = _highSurrogate;
            _highSurrogate = '\0';
            if (InvisibleCharacters.Contains(high, c))
            {
                PassOver(_highSurrogateLength + rawLength);
                return;
            }

            DecodeVisible(high, _highSurrogateLength);
        }

        if (InvisibleCharacters.MayBegin(c))
        {
            // Its other half tells whether it can be seen, and may come with the next chunk.
            _highSurrogate = c;
            _highSurrogateLength = rawLength;
        }
        else if (InvisibleCharacters.Contains(c))
        {
            PassOver(rawLength);
        }
        else
        {
            DecodeVisible(c, rawLength);
        }
    }

    private void PassOver(int rawLength)
    {
        if (++_invisible > MostInvisible)
        {
            _raw.Shorten(rawLength); // no text needs so many in a row; kept, they would have to be held without bound
        }
        else if (_escape.Length > 0)
        {
            _escape.Lengthen(rawLength);
        }
        else
        {
            _tail += rawLength;
        }
    }

    private void DecodeVisible(char c, int rawLength)
    {
        _invisible = 0;
        c = CharFolding.Fold(c);
        if (_escape.Length == 0 && !EscapeSequence.MayStart(c))
        {
            Emit(c, rawLength, isBare: false);
            return;
        }

        _escape.Add(c, rawLength);
        while (_escape.Length > 0 && !_escape.IsViable)
        {
            GiveUpEscape();
        }

        if (_escape.TryDecode(out var decoded))
        {
            var length = _escape.RawLength;
            _escape.Clear();
            if (InvisibleCharacters.Contains(decoded))
            {
                _tail += length;
            }
            else
            {
                Emit(CharFolding.Fold(decoded), length, isBare: false);
            }
        }
    }

    private void Flush()
    {
        if (_highSurrogate != '\0')
        {
            var high = _highSurrogate;
            _highSurrogate = '\0';
            DecodeVisible(high, _highSurrogateLength);
        }

        while (_escape.Length > 0)
        {
            GiveUpEscape();
        }
    }

    // What stands first was no escape's start; what follows may be one.
    private void GiveUpEscape()
    {
        _escape.RemoveFirst(out var c, out var length);
        Emit(c, length, isBare: false);
        while (_escape.Length > 0 && !EscapeSequence.MayStart(_escape.First))
        {
            _escape.RemoveFirst(out c, out length);
            Emit(c, length, isBare: false);
        }
    }

    private void Emit(char c, int rawLength, bool isBare)
    {
        EnsureRoom(1);
        _canonical[_count] = c;
        _rawLengths[_count] = (ushort)((rawLength + _tail) | (isBare ? Bare : 0));
        _count++;
        _tail = 0;
    }

    private void EnsureRoom(int more)
    {
        if (_count + more > _canonical.Length)
        {
            var larger = GC.AllocateUninitializedArray<char>(Math.Max(_canonical.Length * 2, _count + more));
            Text.CopyTo(larger);
            _canonical = larger;
        }

        if (_isMapped && _rawLengths.Length < _canonical.Length)
        {
            Array.Resize(ref _rawLengths, _canonical.Length);
        }
    }
}
