using System.Buffers;
using System.Text;
using AiFunctions.Gateway.Text;

namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>
/// A channel's text as it came and as patterns see it, side by side, from a little before the first undecided character on.
/// For patterns, HTML entities, <c>\u0040</c> and <c>%40</c> are decoded, also those that are written in such escapes themselves; invisible
/// characters are gone, variants of letters and widths are plain, and in tool-call arguments JSON strings are unescaped. What leaves is the text
/// as it came.
/// </summary>
internal sealed class CanonicalText
{
    /// <summary>Stands for the quote that opens or closes a JSON string. No pattern has it, so none spans two strings.</summary>
    public const char StringEdge = '\u0001';

    /// <summary>How many decided characters are kept for patterns that ask what stands before.</summary>
    public const int Context = 48;

    /// <summary>How many characters may be held as they came beyond those that patterns see, before further invisible ones are dropped.</summary>
    public const int MostSurplus = 16_384;

    private const int Bare = int.MinValue;
    private const int FirstLength = 128;

    // Escapes within escapes of another kind: &#37;2540 is three deep.
    private const int Depth = 4;

    private static readonly SearchValues<char> PlainAscii = SearchValues.Create(
        [.. Enumerable.Range(2, 126).Select(i => (char)i).Where(c => c is not ('&' or '\\' or '%'))]);

    private readonly bool _isJson;
    private readonly Level[] _levels = new Level[Depth];
    private readonly CharBuffer _raw = new();
    private readonly Queue<(long Position, int Length)> _leads = new();
    private char[] _canonical = new char[FirstLength];
    private int[] _rawLengths = [];
    private JsonStringScanner _json;
    private bool _isMapped;
    private bool _isBare;
    private bool _isFull;
    private bool _isTailHeld;
    private int _count;
    private int _rawStart;
    private int _undecided;
    private int _tail;
    private long _dropped;
    private long _settled = -1;

    public CanonicalText(bool isJson)
    {
        _isJson = isJson;
        _json = new JsonStringScanner(isJson);
        for (var i = 0; i < Depth; i++)
        {
            _levels[i].Escape = new EscapeSequence();
        }
    }

    /// <summary>What patterns see, with the context before.</summary>
    public ReadOnlySpan<char> Text => _canonical.AsSpan(0, _count);

    /// <summary>Where the first undecided character stands in <see cref="Text"/>.</summary>
    public int Next { get; private set; }

    /// <summary>How many canonical characters went before <see cref="Text"/>.</summary>
    public long Position => _dropped;

    /// <summary>Whether anything has not been passed on yet.</summary>
    public bool IsHolding => RawLength > 0;

    /// <summary>Whether the text is JSON that is not whole yet.</summary>
    public bool IsOpenJson => _json.IsOpen;

    /// <summary>How many characters are held as they came.</summary>
    public int RawLength => _isMapped ? _raw.Length - _rawStart : _count - Next;

    private bool HasSurplus => RawLength - (_count - Next) > MostSurplus;

    /// <summary>Whether a character belongs to a JSON number or another value without quotes.</summary>
    public bool IsBare(int index) => _isMapped && _rawLengths[index] < 0;

    /// <summary>Adds text as it came.</summary>
    /// <returns>How many characters it took: fewer than there are when it holds so much that what can be decided must be decided first.</returns>
    public int Append(ReadOnlySpan<char> text)
    {
        Compact();
        var plain = 0;
        if (!_isMapped && !_isJson)
        {
            plain = text.IndexOfAnyExcept(PlainAscii);
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
                return text.Length;
            }
        }

        Map();
        for (var i = plain; i < text.Length; i++)
        {
            _isFull = HasSurplus;
            if (_isFull && !IsSettled)
            {
                return i;
            }

            Take(text[i]);
        }

        return text.Length;
    }

    /// <summary>
    /// Says that all is decided that can be. Invisible characters with nothing undecided before them leave, so that their number does not
    /// matter; with something undecided before them they may be within a match.
    /// </summary>
    /// <param name="isTailHeld">Whether they may be within one that has begun already.</param>
    /// <param name="output">Gets them.</param>
    public void Settle(bool isTailHeld, CharBuffer output)
    {
        _settled = Position + _count;
        _isTailHeld = isTailHeld;
        if (_isMapped && Next < _count)
        {
            ReleaseLead(output);
        }
        else if (_isMapped && !isTailHeld)
        {
            PassOn(_tail, output);
            _tail = 0;
        }
    }

    /// <summary>Says that no more comes: what looked like an escape's start is none.</summary>
    public void Complete() => Flush();

    /// <summary>Takes off everything from a place on.</summary>
    public void Cut(int index)
    {
        if (_isMapped && index < _count)
        {
            _tail = 0;
            foreach (var (position, length) in _leads)
            {
                _tail = position == Position + index ? length : _tail;
            }

            _undecided = LengthOf(index - Next);
        }

        _count = index;
        for (var i = 0; i < Depth; i++)
        {
            _levels[i].Clear();
        }

        if (_isMapped)
        {
            _raw.Shorten(RawLength - _undecided - _tail);
        }
    }

    /// <summary>Passes characters on as they came.</summary>
    public void Release(int count, CharBuffer output)
    {
        if (_isMapped)
        {
            var length = LengthOf(count);
            _undecided -= length;
            PassOn(length, output);
        }
        else
        {
            output.Append(_canonical.AsSpan(Next, count));
        }

        Next += count;
    }

    /// <summary>
    /// Takes characters that have been passed on for undecided again: what comes next may make something of them. They are not passed on twice.
    /// </summary>
    /// <param name="position">Where the first of them stands. Nothing may be undecided.</param>
    public void Rewind(long position)
    {
        var index = Math.Max(0, (int)(position - Position));
        if (index >= Next)
        {
            return;
        }

        Map();
        _leads.Clear();
        foreach (ref var length in _rawLengths.AsSpan(index, Next - index))
        {
            length &= Bare;
        }

        Next = index;
    }

    /// <summary>Passes on the invisible characters before the first undecided one.</summary>
    public void ReleaseLead(CharBuffer output)
    {
        while (_leads.TryPeek(out var lead) && lead.Position <= Position + Next)
        {
            _leads.Dequeue();
            if (lead.Position == Position + Next)
            {
                _rawLengths[Next] -= lead.Length;
                _undecided -= lead.Length;
                PassOn(lead.Length, output);
            }
        }
    }

    /// <summary>Passes on what stands after the last character: invisible ones, and what JSON breaks off at.</summary>
    public void ReleaseRest(CharBuffer output)
    {
        if (_isMapped)
        {
            PassOn(RawLength, output);
            _tail = 0;
        }
    }

    /// <summary>Takes characters out.</summary>
    public void Withhold(int count)
    {
        if (_isMapped)
        {
            var length = LengthOf(count);
            _undecided -= length;
            _rawStart += length;
        }

        Next += count;
    }

    private static bool NeedsMapping(char c) =>
        c is '&' or '\\' or '%' or CharFolding.MathematicalHigh || CharFolding.Fold(c) != c || InvisibleCharacters.Contains(c) || InvisibleCharacters.MayBegin(c);

    private bool IsSettled => _settled == Position + _count && (_isTailHeld || Next < _count || _tail == 0);

    private bool IsIdle
    {
        get
        {
            foreach (ref var level in _levels.AsSpan())
            {
                if (level.RawLength > 0)
                {
                    return false;
                }
            }

            return true;
        }
    }

    private int LengthOf(int count)
    {
        var length = 0;
        foreach (var each in _rawLengths.AsSpan(Next, count))
        {
            length += each & ~Bare;
        }

        return length;
    }

    private void PassOn(int length, CharBuffer output)
    {
        output.Append(_raw.Written.Slice(_rawStart, length));
        _rawStart += length;
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
            _rawLengths = new int[_canonical.Length];
        }

        _undecided = _count - Next;
        _rawLengths.AsSpan(Next, _undecided).Fill(1);
        _rawStart = 0;
        _raw.Clear();
        _raw.Append(_canonical.AsSpan(Next, _undecided));
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

        while (_leads.TryPeek(out var lead) && lead.Position < Position + Next)
        {
            _leads.Dequeue();
        }

        if (_isMapped)
        {
            if (_rawStart > 0)
            {
                _raw.Remove(0, _rawStart);
                _rawStart = 0;
            }

            _isMapped = _isJson || Next != _count || _tail > 0 || !IsIdle;
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
        var step = _json.Take(c, out var decoded, out var length);
        if (step == JsonStringStep.Pending)
        {
            return;
        }

        if (step == JsonStringStep.Edge)
        {
            Flush();
            _isBare = false;
            Emit(StringEdge, length);
            return;
        }

        _isBare = step == JsonStringStep.Bare;
        if (step == JsonStringStep.Broken)
        {
            Decode(0, '\u0002', length);
            (decoded, length) = (c, 1);
        }

        Decode(0, decoded, length);
    }

    /// <summary>Takes a character that came out of the level before.</summary>
    private void Decode(int depth, char c, int rawLength)
    {
        if (depth == Depth)
        {
            Emit(CharFolding.Fold(c), rawLength);
            return;
        }

        ref var level = ref _levels[depth];
        if (level.High != '\0')
        {
            var (high, highLength) = (level.High, level.HighLength);
            level.High = '\0';
            if (InvisibleCharacters.Contains(high, c))
            {
                PassOver(depth, highLength + rawLength);
                return;
            }

            if (CharFolding.Fold(high, c) is var plain && plain != '\0')
            {
                DecodeVisible(depth, plain, highLength + rawLength);
                return;
            }

            DecodeVisible(depth, high, highLength);
        }

        if (InvisibleCharacters.MayBegin(c) || c == CharFolding.MathematicalHigh)
        {
            // Its other half tells what it is, and may come with the next chunk.
            level.High = c;
            level.HighLength = rawLength;
        }
        else if (InvisibleCharacters.Contains(c))
        {
            PassOver(depth, rawLength);
        }
        else
        {
            DecodeVisible(depth, CharFolding.Fold(c), rawLength);
        }
    }

    /// <summary>Counts what shows nothing to what stands before it.</summary>
    private void PassOver(int depth, int rawLength)
    {
        if (_isFull)
        {
            // Something undecided stands before it and so much else that shows nothing: kept, it would have to be held without bound.
            var from = _rawStart + _undecided + _tail;
            foreach (ref var each in _levels.AsSpan(depth))
            {
                from += each.RawLength;
            }

            _raw.Remove(from, rawLength);
            return;
        }

        foreach (ref var level in _levels.AsSpan(depth))
        {
            if (level.RawLength > 0)
            {
                level.Lengthen(rawLength);
                return;
            }
        }

        _tail += rawLength;
    }

    private void DecodeVisible(int depth, char c, int rawLength)
    {
        var escape = _levels[depth].Escape;
        if (escape.Length == 0 && !EscapeSequence.MayStart(c))
        {
            Decode(depth + 1, c, rawLength);
            return;
        }

        escape.Add(c, rawLength);
        while (escape.Length > 0 && !escape.IsViable)
        {
            GiveUpEscape(depth);
        }

        if (!escape.TryDecode(out var decoded, out var isFollowed))
        {
            return;
        }

        var (next, nextLength) = ('\0', 0);
        if (isFollowed)
        {
            escape.RemoveLast(out next, out nextLength);
        }

        var length = escape.RawLength;
        escape.Clear();
        if (decoded <= char.MaxValue)
        {
            Decoded(depth, (char)decoded, length);
        }
        else if (InvisibleCharacters.Contains(new Rune(decoded)))
        {
            PassOver(depth, length);
        }
        else
        {
            Span<char> pair = stackalloc char[2];
            new Rune(decoded).EncodeToUtf16(pair);
            Decode(depth + 1, CharFolding.Fold(pair[0], pair[1]), length);
        }

        if (isFollowed)
        {
            DecodeVisible(depth, next, nextLength);
        }
    }

    // An escape may begin with one: &amp;#64; and \\u0040.
    private void Decoded(int depth, char c, int rawLength)
    {
        if (InvisibleCharacters.Contains(c))
        {
            PassOver(depth, rawLength);
        }
        else if (EscapeSequence.MayStart(c))
        {
            DecodeVisible(depth, c, rawLength);
        }
        else
        {
            Decode(depth + 1, CharFolding.Fold(c), rawLength);
        }
    }

    private void Flush()
    {
        for (var depth = 0; depth < Depth; depth++)
        {
            ref var level = ref _levels[depth];
            if (level.High != '\0')
            {
                var high = level.High;
                level.High = '\0';
                DecodeVisible(depth, high, level.HighLength);
            }

            while (level.Escape.Length > 0)
            {
                GiveUpEscape(depth);
            }
        }
    }

    // What stands first was no escape's start; what follows may be one.
    private void GiveUpEscape(int depth)
    {
        var escape = _levels[depth].Escape;
        do
        {
            escape.RemoveFirst(out var c, out var length);
            Decode(depth + 1, c, length);
        }
        while (escape.Length > 0 && !EscapeSequence.MayStart(escape.First));
    }

    private void Emit(char c, int rawLength)
    {
        EnsureRoom(1);
        if (_tail > 0)
        {
            _leads.Enqueue((Position + _count, _tail));
        }

        _canonical[_count] = c;
        _rawLengths[_count] = (rawLength + _tail) | (_isBare ? Bare : 0);
        _undecided += rawLength + _tail;
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

    /// <summary>What one depth of decoding waits with: the beginning of an escape, then half a surrogate pair.</summary>
    private struct Level
    {
        public EscapeSequence Escape;
        public char High;
        public int HighLength;

        public readonly int RawLength => Escape.RawLength + (High != '\0' ? HighLength : 0);

        public void Lengthen(int by)
        {
            if (High != '\0')
            {
                HighLength += by;
            }
            else
            {
                Escape.Lengthen(by);
            }
        }

        public void Clear()
        {
            Escape.Clear();
            High = '\0';
        }
    }
}
