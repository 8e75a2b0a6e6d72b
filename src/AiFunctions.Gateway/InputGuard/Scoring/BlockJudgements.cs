namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>
/// Remembers what was found in the full blocks of long texts, so that of a conversation that has grown by a turn only the end is judged.
/// A block lies where it lies because of all that stands before it, so nothing can hide on a border between old and new.
/// </summary>
/// <remarks>Of fixed size and without a lock: a block takes the place of another whose hash ends alike. Some 1 MB when full.</remarks>
internal sealed class BlockJudgements
{
    private const int Capacity = 8192;

    private readonly JudgementKeys _keys = new();
    private readonly Entry?[] _entries = new Entry?[Capacity];

    /// <summary>The key of a block.</summary>
    public UInt128 KeyOf(ReadOnlySpan<char> block, TextSource source) => _keys.Of(block, source);

    /// <summary>What was found in it; false when that is not known.</summary>
    public bool TryFind(UInt128 key, out BlockJudgement judgement)
    {
        var entry = Volatile.Read(ref Place(key));
        judgement = entry?.Judgement ?? default;
        return entry is not null && entry.Key == key;
    }

    /// <summary>Keeps what was found.</summary>
    public void Keep(UInt128 key, BlockJudgement judgement) => Volatile.Write(ref Place(key), new Entry(key, judgement));

    private ref Entry? Place(UInt128 key) => ref _entries[(int)((uint)key % Capacity)];

    private sealed record Entry(UInt128 Key, BlockJudgement Judgement);
}
