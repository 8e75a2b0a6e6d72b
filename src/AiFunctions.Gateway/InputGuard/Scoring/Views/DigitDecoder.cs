using System.Text;

namespace AiFunctions.Gateway.InputGuard.Scoring.Views;

/// <summary>
/// Finds text that is written as digits: base64, hexadecimal, binary. Where it begins among other letters can't be seen once white space is
/// gone, so every offset is tried at once; what decodes to readable bytes for long enough is text, since chance does not do that.
/// </summary>
internal static class DigitDecoder
{
    private const int LeastBytes = 12;

    // Base64 has capitals, digits or signs in any row of so many; 1 of 2 million rows of random ones has none.
    private const int LongestLowerCase = 16;

    private const byte None = 0xFF;
    private const byte Skipped = 0xFE;

    private static readonly byte[] Base64Digits = Table(c => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '+' or '-' => 62,
        '/' or '_' => 63,
        _ => None,
    });

    private static readonly byte[] HexDigits = Table(c => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        >= 'A' and <= 'F' => c - 'A' + 10,
        '\\' or ',' or ':' or '-' or '%' or ';' or 'x' or '|' or '.' => Skipped,
        _ => None,
    });

    private static readonly byte[] BinaryDigits = Table(c => c switch
    {
        '0' or '1' => c - '0',
        ',' or '-' or '|' or '.' => Skipped,
        _ => None,
    });

    /// <summary>Decodes all such text.</summary>
    /// <param name="canonical">The canonical stream.</param>
    /// <param name="digits">Scratch, as long as the stream.</param>
    /// <param name="decoded">Takes the text, as far as it has room.</param>
    /// <returns>How many characters were decoded.</returns>
    public static int Decode(ReadOnlySpan<char> canonical, Span<byte> digits, Span<char> decoded)
    {
        var count = DecodeRuns(canonical, Base64Digits, 6, digits, decoded);
        count += DecodeRuns(canonical, HexDigits, 4, digits, decoded[count..]);
        return count + DecodeRuns(canonical, BinaryDigits, 1, digits, decoded[count..]);
    }

    private static byte[] Table(Func<char, int> digit) => [.. Enumerable.Range(0, 128).Select(c => (byte)digit((char)c))];

    private static int DecodeRuns(ReadOnlySpan<char> canonical, byte[] table, int bits, Span<byte> digits, Span<char> decoded)
    {
        var written = 0;
        var least = LeastBytes * 8 / bits;
        for (var i = NextRun(canonical, table, 0, least); i < canonical.Length; i = NextRun(canonical, table, i, least))
        {
            int start = 0, count = 0, lowerCase = 0;
            for (; i < canonical.Length && canonical[i] is var c && c < table.Length && table[c] is not None and var digit; i++)
            {
                // The 0 of 0x41 is no digit.
                var isPrefix = bits == 4 && c == '0' && i + 1 < canonical.Length && (canonical[i + 1] | 0x20) == 'x';
                digits[count] = digit;
                count += digit == Skipped || isPrefix ? 0 : 1;
                if (bits == 6)
                {
                    // Words, most likely: the digits before them end here, and begin anew with the last few.
                    lowerCase = c is >= 'a' and <= 'z' ? lowerCase + 1 : 0;
                    if (lowerCase >= LongestLowerCase)
                    {
                        written += count - start > LongestLowerCase ? DecodeRun(digits[start..count], bits, decoded[written..]) : 0;
                        start = count - LongestLowerCase + 1;
                    }
                }
            }

            written += count - start >= least ? DecodeRun(digits[start..count], bits, decoded[written..]) : 0;
        }

        return written;
    }

    // Where the next so many characters are all of the table, from an index on. Looked at from behind, most need not be looked at (Boyer and Moore, 1977).
    private static int NextRun(ReadOnlySpan<char> canonical, byte[] table, int from, int least)
    {
        while (from + least <= canonical.Length)
        {
            var last = from + least - 1;
            while (last >= from && canonical[last] is var c && c < table.Length && table[c] != None)
            {
                last--;
            }

            if (last < from)
            {
                return from;
            }

            from = last + 1;
        }

        return canonical.Length;
    }

    private static int DecodeRun(ReadOnlySpan<byte> digits, int bits, Span<char> decoded)
    {
        var digitsPerUnit = bits == 6 ? 4 : 8 / bits;
        var bytesPerUnit = digitsPerUnit * bits / 8;
        Span<int> starts = stackalloc int[8];
        Span<int> continuations = stackalloc int[8];
        starts.Fill(-1);
        continuations.Clear();
        var written = 0;
        var unit = 0;
        var phase = 0;
        for (var end = 1; end <= digits.Length; end++)
        {
            unit = ((unit << bits) | digits[end - 1]) & 0xFFFFFF;
            phase = phase + 1 == digitsPerUnit ? 0 : phase + 1;
            if (end < digitsPerUnit)
            {
                continue;
            }

            var isText = IsText(unit, bytesPerUnit, ref continuations[phase]);
            if (isText && starts[phase] < 0)
            {
                starts[phase] = end - digitsPerUnit;
            }

            var isLast = digits.Length - end < digitsPerUnit;
            if (starts[phase] >= 0 && (!isText || isLast))
            {
                // What is left over at the end is fewer digits than a unit, but may still hold a byte or two.
                var stop = !isText ? end - digitsPerUnit : bits == 6 ? digits.Length : end;
                written += Write(digits[starts[phase]..stop], bits, decoded[written..]);
                starts[phase] = -1;
                continuations[phase] = 0;
            }
        }

        return written;
    }

    private static bool IsText(int unit, int bytes, ref int continuations)
    {
        // Three characters of ASCII at once, none of them below the space or above the tilde.
        if (bytes == 3 && continuations == 0 && (unit & 0x808080) == 0 && ((unit + 0x606060) & 0x808080) == 0x808080 && ((unit + 0x010101) & 0x808080) == 0)
        {
            return true;
        }

        for (var shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        {
            var value = (unit >> shift) & 0xFF;
            var isContinuation = (value & 0xC0) == 0x80;
            if (isContinuation ? continuations == 0 : continuations > 0)
            {
                continuations = 0;
                return false;
            }

            if (isContinuation)
            {
                continuations--;
            }
            else if (value is >= 0xC3 and < 0xF4)
            {
                continuations = value < 0xE0 ? 1 : value < 0xF0 ? 2 : 3;
            }
            else if (value is < ' ' and not ('\t' or '\n' or '\r') or > '~')
            {
                return false;
            }
        }

        return true;
    }

    private static int Write(ReadOnlySpan<byte> digits, int bits, Span<char> decoded)
    {
        var length = digits.Length * bits / 8;
        if (length < LeastBytes || decoded.Length < length)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[256];
        int written = 0, count = 0, buffer = 0, available = 0;
        foreach (var digit in digits)
        {
            buffer = ((buffer << bits) | digit) & 0xFFFF;
            available += bits;
            if (available >= 8)
            {
                available -= 8;
                bytes[count++] = (byte)(buffer >> available);
            }

            // Not between the bytes of one character.
            if (count == bytes.Length || (count > bytes.Length - 8 && bytes[count - 1] < 0x80))
            {
                written += Encoding.UTF8.GetChars(bytes[..count], decoded[written..]);
                count = 0;
            }
        }

        return written + Encoding.UTF8.GetChars(bytes[..count], decoded[written..]);
    }
}
