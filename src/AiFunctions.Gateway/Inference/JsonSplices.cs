using System.Buffers;

namespace AiFunctions.Gateway.Inference;

/// <summary>A few replacements in a run of bytes. All other bytes stay as they are.</summary>
internal struct JsonSplices
{
    private const int FirstLength = 4;

    // What is as short is sent in one piece, at less cost than in several.
    private const int LongestCopy = 64 * 1024;

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
    /// <returns>The same memory when there are none. Else a fresh array; of long bytes, the pieces between the replacements, where they are.</returns>
    public readonly ReadOnlySequence<byte> Apply(ReadOnlyMemory<byte> old)
    {
        if (_count == 0)
        {
            return new ReadOnlySequence<byte>(old);
        }

        var first = new Piece(default, null);
        var last = first;
        var from = 0;
        foreach (var splice in _splices.AsSpan(0, _count))
        {
            last = new Piece(splice.Replacement, new Piece(old[from..splice.Start], last));
            from = splice.Start + splice.Length;
        }

        last = new Piece(old[from..], last);
        var pieces = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        return pieces.Length > LongestCopy ? pieces : new ReadOnlySequence<byte>(pieces.ToArray());
    }

    private readonly record struct Splice(int Start, int Length, byte[] Replacement);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            before?.Next = this;
        }
    }
}
