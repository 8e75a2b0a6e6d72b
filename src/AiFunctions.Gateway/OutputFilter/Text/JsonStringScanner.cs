using AiFunctions.Gateway.Text;

namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>Unescapes the strings of a JSON text (RFC 8259, 7), a character at a time. What is no JSON is taken as plain text.</summary>
internal struct JsonStringScanner(bool isJson)
{
    private const int HexDigits = 4;

    private State _state = isJson ? State.Start : State.Plain;
    private int _depth;
    private int _digits;
    private int _value;

    private enum State
    {
        Plain,
        Start,
        Outside,
        Inside,
        Escape,
        Hex,
    }

    /// <summary>Whether the text is JSON, of which there must be more to come.</summary>
    public readonly bool IsOpen => _state is State.Inside or State.Escape or State.Hex || (_state == State.Outside && _depth > 0);

    /// <summary>Takes the next character.</summary>
    /// <param name="c">The character as it came.</param>
    /// <param name="decoded">What it stands for, with those pending before it.</param>
    /// <param name="length">How many characters as they came that is.</param>
    public JsonStringStep Take(char c, out char decoded, out int length)
    {
        decoded = c;
        length = 1;
        switch (_state)
        {
            case State.Plain:
                return JsonStringStep.Text;
            case State.Start when CharClass.IsSpace(c) || InvisibleCharacters.Contains(c):
                return JsonStringStep.Bare;
            case State.Start when c is not ('{' or '[' or '"'):
                _state = State.Plain;
                return JsonStringStep.Text;
            case State.Start or State.Outside:
                _state = c == '"' ? State.Inside : State.Outside;
                _depth += c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
                return c == '"' ? JsonStringStep.Edge : JsonStringStep.Bare;
            case State.Inside when c == '"':
                _state = State.Outside;
                return JsonStringStep.Edge;
            case State.Inside when c == '\\':
                _state = State.Escape;
                return JsonStringStep.Pending;
            case State.Inside:
                return JsonStringStep.Text;
            case State.Escape when c == 'u':
                _state = State.Hex;
                _digits = _value = 0;
                return JsonStringStep.Pending;
            case State.Escape:
                _state = State.Inside;
                length = 2;
                decoded = c switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' or 'f' => ' ', _ => c };
                return JsonStringStep.Text;
            case State.Hex when char.IsAsciiHexDigit(c):
                _value = (_value * 16) + (char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
                if (++_digits < HexDigits)
                {
                    return JsonStringStep.Pending;
                }

                _state = State.Inside;
                decoded = (char)_value;
                length = 2 + HexDigits;
                return JsonStringStep.Text;
            default:
                // No JSON any more; a quote may still close the string.
                _state = c == '"' ? State.Outside : State.Inside;
                length = 2 + _digits;
                return JsonStringStep.Broken;
        }
    }
}
