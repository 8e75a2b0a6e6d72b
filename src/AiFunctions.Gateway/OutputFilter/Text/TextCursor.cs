using System.Buffers;

namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>
/// What a pattern sees of the text. It is the only way to the text, and it takes note when a pattern asks for what is not there
/// yet: a verdict reached without that stays the same whatever comes, so verdicts do not depend on how the text was cut (I6).
/// </summary>
internal ref struct TextCursor(ReadOnlySpan<char> text, int start, bool isWhole)
{
    private readonly ReadOnlySpan<char> _text = text;
    private readonly bool _isWhole = isWhole;
    private readonly int _start = start;

    /// <summary>Whether text was asked for that has not come yet.</summary>
    public bool ReachedEnd { get; private set; }

    /// <summary>How much further a pattern wants to be tried again, even within a word; 0 for nowhere.</summary>
    public int Resume { get; set; }

    /// <summary>The character at a distance from where the match would start; <c>'\0'</c> beyond the end.</summary>
    public char this[int offset]
    {
        get
        {
            var at = _start + offset;
            if ((uint)at < (uint)_text.Length)
            {
                return _text[at];
            }

            ReachedEnd |= !_isWhole;
            return '\0';
        }
    }

    /// <summary>What stands before, up to <see cref="CanonicalText.Context"/> characters.</summary>
    public readonly ReadOnlySpan<char> Before => _text[Math.Max(0, _start - CanonicalText.Context).._start];

    /// <summary>The character just before; <c>'\0'</c> at the start.</summary>
    public readonly char Previous => _start > 0 ? _text[_start - 1] : '\0';

    /// <summary>Characters already seen. Only for what lies within a length that this cursor has given out.</summary>
    public readonly ReadOnlySpan<char> Seen(int offset, int length) => _text.Slice(_start + offset, length);

    /// <summary>How many characters of a class stand from an offset on.</summary>
    /// <param name="values">The class.</param>
    /// <param name="offset">From where.</param>
    /// <param name="most">The most that are looked at.</param>
    public int RunLength(SearchValues<char> values, int offset, int most)
    {
        var from = Math.Min(_start + offset, _text.Length);
        var rest = _text[from..];
        var seen = rest.Length > most ? rest[..most] : rest;
        var run = seen.IndexOfAnyExcept(values);
        if (run >= 0)
        {
            return run;
        }

        ReachedEnd |= seen.Length < most && !_isWhole;
        return seen.Length;
    }

    /// <summary>
    /// How many characters of a class have come from an offset on. More may come: only for what would be decided the same with more steps.
    /// </summary>
    public readonly int RunSoFar(SearchValues<char> values, int offset)
    {
        var rest = _text[Math.Min(_start + offset, _text.Length)..];
        var run = rest.IndexOfAnyExcept(values);
        return run < 0 ? rest.Length : run;
    }

    /// <summary>Whether a text stands at an offset, in this very case.</summary>
    public bool HasAt(int offset, string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (this[offset + i] != value[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a text of small ASCII letters stands at an offset, in any case.</summary>
    public bool HasAtIgnoringCase(int offset, string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            var c = this[offset + i];
            if ((c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c) != value[i])
            {
                return false;
            }
        }

        return true;
    }
}
