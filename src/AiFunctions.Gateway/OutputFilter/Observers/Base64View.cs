namespace AiFunctions.Gateway.OutputFilter.Observers;

/// <summary>Decodes runs of base64 in a text as they come (RFC 4648), from each run's start on; line breaks do not end a run.</summary>
internal struct Base64View
{
    private int _bits;
    private int _value;

    /// <summary>How many bytes the present run has given.</summary>
    public int Length { get; private set; }

    /// <summary>Takes a character.</summary>
    /// <param name="c">The character.</param>
    /// <param name="decoded">The byte that it completes, as a character.</param>
    /// <returns>Whether it completes one.</returns>
    public bool Add(char c, out char decoded)
    {
        decoded = default;
        var value = c switch
        {
            >= 'A' and <= 'Z' => c - 'A',
            >= 'a' and <= 'z' => c - 'a' + 26,
            >= '0' and <= '9' => c - '0' + 52,
            '+' or '-' => 62,
            '/' or '_' => 63,
            _ => -1,
        };
        if (value < 0)
        {
            if (c is not ('\n' or '\r'))
            {
                this = default;
            }

            return false;
        }

        _value = ((_value << 6) | value) & 0xFFFF;
        _bits += 6;
        if (_bits < 8)
        {
            return false;
        }

        _bits -= 8;
        Length++;
        decoded = (char)((_value >> _bits) & 0xFF);
        return true;
    }
}
