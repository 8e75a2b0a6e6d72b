using AiFunctions.Gateway.Text;

namespace AiFunctions.Gateway.InputGuard.Scoring.Text;

/// <summary>
/// Reads a text as the stream that all else looks at: folded, without white space and without invisible characters. Because they are gone
/// before anything looks, no verdict can depend on them, nor on how a text was cut into parts (invariant I4). ASCII keeps its case.
/// </summary>
/// <param name="text">Any UTF-16, lone surrogates too.</param>
/// <param name="hidden">Where text goes that is written in invisible tag characters (U+E0020 to U+E007E), as far as it has room.</param>
internal ref struct CanonicalReader(ReadOnlySpan<char> text, Span<char> hidden)
{
    private readonly UnicodeFolding _folding = UnicodeFolding.Instance;
    private readonly ReadOnlySpan<char> _text = text;
    private readonly Span<char> _hidden = hidden;
    private ReadOnlySpan<char> _expansion = [];
    private int _position;
    private char _highSurrogate;

    /// <summary>How many characters of hidden text have been read.</summary>
    public int HiddenLength { get; private set; }

    /// <summary>How many invisible characters have been left out that ordinary text has hardly any of.</summary>
    public int InvisibleCount { get; private set; }

    /// <summary>Reads on.</summary>
    /// <param name="destination">Is filled, unless the text ends before.</param>
    /// <returns>How many characters were read.</returns>
    public int Read(scoped Span<char> destination)
    {
        var count = 0;
        while (count < destination.Length)
        {
            if (!_expansion.IsEmpty)
            {
                destination[count++] = _expansion[0];
                _expansion = _expansion[1..];
            }
            else if (_position == _text.Length)
            {
                break;
            }
            else
            {
                var c = _text[_position++];
                if (c < 0x80)
                {
                    if (c > ' ' && c != 0x7F)
                    {
                        destination[count++] = c;
                        _highSurrogate = '\0';
                    }
                }
                else if (char.IsSurrogate(c))
                {
                    Join(c);
                }
                else if (_folding.TryRead(c, out var reading))
                {
                    destination[count++] = reading;
                    _highSurrogate = '\0';
                }
                else
                {
                    Expand(c);
                }
            }
        }

        return count;
    }

    private void Expand(char c)
    {
        _expansion = _folding.Expand(c);
        if (!_expansion.IsEmpty)
        {
            _highSurrogate = '\0';
        }
        else if (InvisibleCharacters.IsRareInText(c))
        {
            InvisibleCount++;
        }
    }

    // Whatever is left out may stand between the halves of a pair, since a text may have been cut there.
    private void Join(char c)
    {
        if (char.IsHighSurrogate(c))
        {
            _highSurrogate = c;
            return;
        }

        if (_highSurrogate == '\0')
        {
            return;
        }

        var codePoint = char.ConvertToUtf32(_highSurrogate, c);
        _highSurrogate = '\0';
        _expansion = _folding.Expand(codePoint);
        if (codePoint is >= 0xE0000 and <= 0xE0FFF)
        {
            InvisibleCount++;
            if (codePoint is > 0xE0020 and < 0xE007F && HiddenLength < _hidden.Length)
            {
                _hidden[HiddenLength++] = (char)(codePoint - 0xE0000);
            }
        }
    }
}
