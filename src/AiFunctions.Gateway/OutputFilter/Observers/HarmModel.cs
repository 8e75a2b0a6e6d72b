using System.Runtime.InteropServices;

namespace AiFunctions.Gateway.OutputFilter.Observers;

/// <summary>
/// Weights of the features of an answer's words, learnt by <c>tools/AiFunctions.HarmTraining</c>: a logistic regression, rounded to a
/// byte each. Hashes and numbers only, no words.
/// </summary>
internal sealed class HarmModel
{
    /// <summary>Bytes of a feature in the file: its key and three weights, and one unused.</summary>
    public const int EntrySize = 8;

    /// <summary>The mark at the start of a file, and its version.</summary>
    public const uint Magic = 0x314D4841;

    private const int HeaderSize = 5 * sizeof(int);
    private const string Resource = "AiFunctions.Gateway.OutputFilter.HarmModel.bin";

    private static readonly Lazy<HarmModel> Embedded = new(Load);

    // Open addressing, at most half full; a key is odd, so never the empty slot's.
    private readonly Slot[] _slots;
    private readonly int _shift;

    /// <param name="file">A model file's bytes.</param>
    /// <exception cref="InvalidDataException">It is no model file.</exception>
    public HarmModel(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderSize || MemoryMarshal.Read<uint>(file) != Magic || MemoryMarshal.Read<int>(file[4..]) * EntrySize != file.Length - HeaderSize)
        {
            throw new InvalidDataException("The harm model's file is broken.");
        }

        Doubtful = MemoryMarshal.Read<int>(file[8..]);
        Dangerous = MemoryMarshal.Read<int>(file[12..]);
        Malicious = MemoryMarshal.Read<int>(file[16..]);
        var entries = MemoryMarshal.Cast<byte, Slot>(file[HeaderSize..]);
        var bits = 4;
        while (1 << bits < entries.Length * 2)
        {
            bits++;
        }

        _slots = new Slot[1 << bits];
        _shift = 32 - bits;
        foreach (var entry in entries)
        {
            var at = First(entry.Key);
            while (_slots[at].Key != 0)
            {
                at = (at + 1) & (_slots.Length - 1);
            }

            _slots[at] = entry;
        }
    }

    /// <summary>The model in use. It is loaded when first needed.</summary>
    public static HarmModel Default => Embedded.Value;

    /// <summary>From this sum on a passage may tell how to do harm.</summary>
    public int Doubtful { get; }

    /// <summary>From this sum on it does.</summary>
    public int Dangerous { get; }

    /// <summary>From this sum on it is malicious code.</summary>
    public int Malicious { get; }

    /// <summary>Looks a feature up.</summary>
    /// <returns>Whether it says anything.</returns>
    public bool TryFind(uint key, out Slot slot)
    {
        for (var at = First(key); ; at = (at + 1) & (_slots.Length - 1))
        {
            slot = _slots[at];
            if (slot.Key == key || slot.Key == 0)
            {
                return slot.Key != 0;
            }
        }
    }

    private static HarmModel Load()
    {
        using var stream = typeof(HarmModel).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"The assembly lacks the resource {Resource}.");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return new HarmModel(file);
    }

    private int First(uint key) => (int)((key * 0x9E3779B1) >> _shift);

    /// <summary>A feature's weights.</summary>
    /// <param name="Key">The feature.</param>
    /// <param name="Near">How much it speaks for instructions to do harm while it is near.</param>
    /// <param name="Far">The same for longer: a story's or a lesson's frame.</param>
    /// <param name="Code">How much it speaks for malicious code.</param>
    /// <param name="Unused">Zero.</param>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    public readonly record struct Slot(uint Key, sbyte Near, sbyte Far, sbyte Code, sbyte Unused);
}
