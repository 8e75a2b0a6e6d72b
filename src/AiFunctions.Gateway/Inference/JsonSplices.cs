namespace AiFunctions.Gateway.Inference;

/// <summary>A few replacements in a run of bytes. All other bytes stay as they are.</summary>
internal struct JsonSplices
{
    private const int FirstLength = 4;

    private Splice[]? _splices;
    private int _count;

    /// <summary>Adds one.</summary>
    /// <param name="start">Where it starts in the old bytes. No two may overlap or start at the same place.</param>
    /// <param name="length">How many old bytes it replaces; 0 to insert.</param>
    /// <param name="replacement">What comes in their place.</param>
    public void Add(int start, int length, byte[] replacement)
    {
        _splices ??= new Splice[FirstLength];
        if (_count == _splices.Length)
        {
            Array.Resize(ref _splices, _count * 2);
        }

        var i = _count++;
        for (; i > 0 && _splices[i - 1].Start > start; i--)
        {
            _splices[i] = _splices[i - 1];
        }

        _splices[i] = new Splice(start, length, replacement);
    }

    /// <summary>Applies them.</summary>
    /// <returns>The same memory when there are none, else a fresh array: an upstream call that was given up may still be reading it for a while.</returns>
    public readonly ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> old)
    {
        if (_count == 0)
        {
            return old;
        }

        var splices = _splices.AsSpan(0, _count);
        var length = old.Length;
        foreach (var splice in splices)
        {
            length += splice.Replacement.Length - splice.Length;
        }

        var result = new byte[length];
        var rest = result.AsSpan();
        var from = 0;
        foreach (var splice in splices)
        {
            old.Span[from..splice.Start].CopyTo(rest);
            rest = rest[(splice.Start - from)..];
            splice.Replacement.CopyTo(rest);
            rest = rest[splice.Replacement.Length..];
            from = splice.Start + splice.Length;
        }

        old.Span[from..].CopyTo(rest);
        return result;
    }

    private readonly record struct Splice(int Start, int Length, byte[] Replacement);
}
