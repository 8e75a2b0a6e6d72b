using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AiFunctions.Gateway.OutputFilter.Observers;

/// <summary>
/// What the harm model sees of a text, word by word: the word, how it begins, it with the one before, and with the one before that. In
/// scripts without spaces each two characters are a word. Numbers and single letters are none.
/// </summary>
internal struct HarmFeatures
{
    /// <summary>The most features that a word has.</summary>
    public const int MostKeys = 4;

    // Longer words are also known by so many of their first letters: "detonating", "Sprengsatz".
    private const int StemLength = 5;

    // What was seen within about thirty words says no more a second time: a lesson on mail names its mail library in every line.
    private const int RecentKeys = 128;

    private const char FirstUnspaced = '\u0E00';
    private const uint WordKind = 0x9E3779B1;
    private const uint StemKind = 0x85EBCA77;
    private const uint PairKind = 0xC2B2AE3D;
    private const uint GapKind = 0x27D4EB2F;

    private KeyBuffer _keys;
    private int _count;
    private RecentBuffer _recent;
    private uint _previous;
    private uint _beforePrevious;
    private uint _stem;
    private int _length;
    private char _lastUnspaced;
    private bool _isNumber;

    /// <summary>The features of the word that ended last, but for those that came a little while ago.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<uint> Keys => MemoryMarshal.CreateReadOnlySpan(in _keys[0], _count);

    /// <summary>Takes a letter.</summary>
    /// <param name="letter">The letter, small.</param>
    /// <param name="word">The hash of the word so far, this letter included.</param>
    /// <returns>Whether it ends a word: the second of two characters of a script without spaces.</returns>
    public bool AddLetter(char letter, uint word)
    {
        _length++;
        if (_length == 1)
        {
            _isNumber = char.IsAsciiDigit(letter);
        }
        else if (_length == StemLength)
        {
            _stem = word;
        }

        if (letter < FirstUnspaced || !IsUnspaced(letter))
        {
            return false;
        }

        var before = _lastUnspaced;
        _lastUnspaced = letter;
        if (before == 0)
        {
            return false;
        }

        _count = 0;
        AddWord(((uint)before << 16) | letter);
        return true;
    }

    /// <summary>Ends a word.</summary>
    /// <param name="word">Its hash.</param>
    /// <returns>Whether it counts: numbers and single letters do not.</returns>
    public bool EndWord(uint word)
    {
        var isCounted = _length > 1 && !_isNumber && _lastUnspaced == 0;
        if (isCounted)
        {
            _count = 0;
            if (_length > StemLength)
            {
                AddKey(_stem, StemKind);
            }

            AddWord(word);
        }

        _length = 0;
        _lastUnspaced = '\0';
        return isCounted;
    }

    // Thai to Khmer, kana, Han; Hangul has spaces, but its words carry endings.
    private static bool IsUnspaced(char letter) =>
        letter is (>= '\u0E00' and <= '\u0EFF') or (>= '\u1000' and <= '\u109F') or (>= '\u1780' and <= '\u17FF')
            or (>= '\u3040' and <= '\u9FFF') or (>= '\uAC00' and <= '\uD7A3');

    private void AddWord(uint word)
    {
        AddKey(word, WordKind);
        AddKey(Join(_previous, word), PairKind);
        AddKey(Join(_beforePrevious, word), GapKind);
        _beforePrevious = _previous;
        _previous = word;
    }

    private static uint Join(uint first, uint second) => (uint)((((first * 0x9E3779B97F4A7C15UL) + second) * 0xBF58476D1CE4E5B9UL) >> 32);

    private void AddKey(uint hash, uint kind)
    {
        var mixed = (hash ^ kind) * 0xD6E8FEB86659FD93UL;
        var key = (uint)(mixed >> 32) | 1;
        ref var recent = ref _recent[(int)(key >> 1) & (RecentKeys - 1)];
        if (recent != key)
        {
            recent = key;
            _keys[_count++] = key;
        }
    }

    [InlineArray(MostKeys)]
    private struct KeyBuffer
    {
        private uint _first;
    }

    [InlineArray(RecentKeys)]
    private struct RecentBuffer
    {
        private uint _first;
    }
}
