using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Observers;

/// <summary>The last thousand characters of a text, for a question about them.</summary>
internal sealed class PassageWindow
{
    /// <summary>So many are kept.</summary>
    public const int Length = 1000;

    private readonly char[] _ring = new char[Length];
    private long _count;

    /// <summary>Takes the next character.</summary>
    public void Add(char c) => _ring[_count++ % Length] = c == CanonicalText.StringEdge ? ' ' : c;

    /// <summary>What was taken last, without half a surrogate pair at its borders.</summary>
    public override string ToString()
    {
        var start = (int)(_count % Length);
        var text = _count <= Length ? _ring.AsSpan(0, (int)_count).ToString() : string.Concat(_ring.AsSpan(start), _ring.AsSpan(0, start));
        var first = text.Length > 0 && char.IsLowSurrogate(text[0]) ? 1 : 0;
        var last = text.Length > first && char.IsHighSurrogate(text[^1]) ? text.Length - 1 : text.Length;
        return text[first..last];
    }
}
