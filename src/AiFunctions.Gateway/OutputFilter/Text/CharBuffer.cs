namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>A growing run of characters.</summary>
internal sealed class CharBuffer
{
    private const int FirstLength = 128;

    private char[] _characters = [];

    public int Length { get; private set; }

    public ReadOnlySpan<char> Written => _characters.AsSpan(0, Length);

    public void Append(ReadOnlySpan<char> text)
    {
        text.CopyTo(Take(text.Length));
    }

    public void Append(char c) => Take(1)[0] = c;

    /// <summary>Adds room at the end, to be written at once.</summary>
    public Span<char> Take(int length)
    {
        if (Length + length > _characters.Length)
        {
            Grow(Math.Max(Math.Max(FirstLength, _characters.Length * 2), Length + length));
        }

        Length += length;
        return _characters.AsSpan(Length - length, length);
    }

    /// <summary>Makes room for so many more in one step, so that many short additions do not make it grow again and again.</summary>
    public void Reserve(int length)
    {
        if (Length + length > _characters.Length)
        {
            Grow(Math.Max(Math.Max(FirstLength, _characters.Length * 2), Length + length));
        }
    }

    /// <summary>Takes the last characters back.</summary>
    public void Shorten(int by) => Length -= by;

    /// <summary>Takes characters out.</summary>
    public void Remove(int from, int count)
    {
        _characters.AsSpan(from + count, Length - from - count).CopyTo(_characters.AsSpan(from));
        Length -= count;
    }

    /// <summary>Empties it. A large array is given up, so that a slow stream does not keep what one event once needed.</summary>
    public void Clear()
    {
        Length = 0;
        if (_characters.Length > FirstLength * 16)
        {
            _characters = [];
        }
    }

    // Only what has been written is ever read, so the rest need not be zero.
    private void Grow(int length)
    {
        var larger = GC.AllocateUninitializedArray<char>(length);
        Written.CopyTo(larger);
        _characters = larger;
    }
}
