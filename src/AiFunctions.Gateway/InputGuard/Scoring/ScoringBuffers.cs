namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>What one scoring works in. Of a fixed size, for a text is read block by block, and reused.</summary>
internal sealed class ScoringBuffers
{
    /// <summary>Characters of the canonical stream that are looked at together.</summary>
    public const int Block = 8192;

    /// <summary>How many of them the next block looks at again, so that no attack is cut apart.</summary>
    public const int Overlap = 1024;

    /// <summary>The canonical stream.</summary>
    public char[] Canonical { get; } = new char[Block];

    /// <summary>Its letters.</summary>
    public char[] Letters { get; } = new char[Block];

    /// <summary>The letters of a view.</summary>
    public char[] View { get; } = new char[Block];

    /// <summary>Text that was decoded.</summary>
    public char[] Decoded { get; } = new char[Block];

    /// <summary>Text that was hidden.</summary>
    public char[] Hidden { get; } = new char[Block];

    /// <summary>Digits to decode.</summary>
    public byte[] Digits { get; } = new byte[Block];

    /// <summary>Sums of weights by letter.</summary>
    public int[] Sums { get; } = new int[Block];

    /// <summary>Concepts by letter.</summary>
    public ulong[] Concepts { get; } = new ulong[Block];
}
