using AiFunctions.Gateway.OutputFilter.Text;
using AiFunctions.Gateway.Text;

namespace AiFunctions.Gateway.OutputFilter.Observers;

/// <summary>
/// A request's system text as hashes of its shingles: every run of 12 letters and digits, of which a quarter are kept, chosen by the hash
/// itself (Schleimer, Wilkerson, Aiken: Winnowing, 2003; here their 0 mod p variant). Two bytes a letter; the text itself is not kept.
/// </summary>
internal sealed class SystemText
{
    /// <summary>Letters in a shingle: about three words.</summary>
    public const int ShingleLength = 12;

    /// <summary>A text with fewer letters is not protected: it is a common phrase, or near to one.</summary>
    public const int ShortestProtected = 60;

    private const int LongestProtected = 100_000;
    private const ulong Base = 0x9E3779B97F4A7C15;
    private const int SampleShift = 62;

    private static readonly ulong OldestFactor = Power(ShingleLength);

    private readonly uint[] _slots;

    private SystemText(List<uint> hashes)
    {
        var size = 16;
        while (size < hashes.Count * 2)
        {
            size *= 2;
        }

        _slots = new uint[size];
        foreach (var hash in hashes)
        {
            _slots[Slot(hash)] = hash;
        }
    }

    /// <summary>How many places the shingles have, for a bit each.</summary>
    public int Places => _slots.Length;

    /// <summary>Takes the system and developer messages' text.</summary>
    /// <returns>Null when it is too short to be anyone's own.</returns>
    public static SystemText? From(params ReadOnlySpan<string> texts)
    {
        var hashes = new List<uint>();
        var letters = 0;
        foreach (var text in texts)
        {
            var shingle = new Shingle();
            foreach (var c in text)
            {
                if (InvisibleCharacters.Contains(c) || !TryFold(CharFolding.Fold(c), out var letter) || letters >= LongestProtected)
                {
                    continue;
                }

                letters++;
                if (shingle.Add(letter) && IsSampled(shingle.Hash, out var hash))
                {
                    hashes.Add(hash);
                }
            }
        }

        return letters >= ShortestProtected && hashes.Count > 0 ? new SystemText(hashes) : null;
    }

    /// <summary>Letters and digits, small; nothing else counts.</summary>
    public static bool TryFold(char c, out char letter)
    {
        letter = c is >= 'a' and <= 'z' or >= '0' and <= '9' ? c
            : c < 128 ? char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : '\0'
            : char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : '\0';
        return letter != '\0';
    }

    /// <summary>Whether a shingle's hash is one of those that are kept at all.</summary>
    public static bool IsSampled(ulong shingle, out uint hash)
    {
        var mixed = (shingle ^ (shingle >> 29)) * 0xBF58476D1CE4E5B9;
        hash = (uint)(mixed >> 24) | 1;
        return mixed >> SampleShift == 0;
    }

    /// <summary>Finds a shingle.</summary>
    /// <returns>Its place; −1 when the text does not have it.</returns>
    public int Find(uint hash) => Slot(hash) is var slot && _slots[slot] == hash ? slot : -1;

    private static ulong Power(int exponent)
    {
        var power = 1UL;
        for (var i = 0; i < exponent; i++)
        {
            power *= Base;
        }

        return power;
    }

    private int Slot(uint hash)
    {
        var slot = (int)((hash * 2654435769u) >> 8) & (_slots.Length - 1);
        while (_slots[slot] != 0 && _slots[slot] != hash)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        return slot;
    }

    /// <summary>The rolling hash of the last letters (Karp and Rabin, 1987).</summary>
    internal struct Shingle
    {
        private Letters _letters;
        private int _next;
        private bool _isFull;

        public ulong Hash { get; private set; }

        /// <summary>Adds a letter.</summary>
        /// <returns>Whether there are enough for a shingle.</returns>
        public bool Add(char letter)
        {
            Hash = (Hash * Base) + letter - (_letters[_next] * OldestFactor);
            _letters[_next] = letter;
            if (++_next == ShingleLength)
            {
                _next = 0;
                _isFull = true;
            }

            return _isFull;
        }

        [System.Runtime.CompilerServices.InlineArray(ShingleLength)]
        private struct Letters
        {
            private char _first;
        }
    }
}
