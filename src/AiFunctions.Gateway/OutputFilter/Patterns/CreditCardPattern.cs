using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>
/// Payment card numbers: an issuer's prefix and length (ISO/IEC 7812) and Luhn's check digit, plain or in groups with one kind of separator, line breaks among them.
/// </summary>
internal static class CreditCardPattern
{
    private const int Shortest = 13;
    private const int Longest = 19;

    public static bool TryMatch(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        if (!Digits.IsStartAfterWord(ref text))
        {
            return false;
        }

        Span<byte> digits = stackalloc byte[Longest];
        var count = 0;
        var separator = '\0';
        var gap = 0;
        var inGroup = 0;
        var i = 0;
        while (true)
        {
            var c = text[i];
            if (CharClass.IsDigit(c))
            {
                if (count == Longest)
                {
                    return false;
                }

                digits[count++] = (byte)(c - '0');
                inGroup++;
                i++;
            }
            else if ((separator == '\0' ? count == 4 : inGroup is >= 3 and <= 6) && Digits.GapLength(ref text, i, out var sign) is var length and > 0
                && (separator == '\0' || (sign == separator && length == gap) || (count < Shortest && CharClass.IsSpace(sign) && CharClass.IsSpace(separator))))
            {
                (separator, gap) = separator == '\0' ? (sign, length) : (separator, gap);
                inGroup = 0;
                i += length;
            }
            else
            {
                break;
            }
        }

        if (count < Shortest
            || (separator != '\0' && inGroup is < 1 or > 7) || !Digits.IsEndBeforeWord(ref text, i)
            || !IsIssued(digits[..count]) || !HasCheckDigit(digits[..count]))
        {
            return false;
        }

        match = new PatternMatch(i);
        return true;
    }

    private static bool IsIssued(ReadOnlySpan<byte> digits)
    {
        var two = (digits[0] * 10) + digits[1];
        var four = (two * 100) + (digits[2] * 10) + digits[3];
        return digits.Length switch
        {
            13 => digits[0] == 4,
            14 => two is 36 or 38 or 39 || four is >= 3000 and <= 3059,
            15 => two is 34 or 37,
            16 => digits[0] == 4 || two is >= 51 and <= 55 || four is >= 2221 and <= 2720 || four == 6011 || two is 65 or 62 or 35
                || four is >= 6440 and <= 6499 || two is 36 || four is >= 3000 and <= 3059 or 5018 or 5020 or 5038 or 6304 or 6759,
            _ => digits[0] == 4 || four == 6011 || two is 65 or 62 or 35 || four is >= 6440 and <= 6499 or 5018 or 5020 or 5038 or 6304 or 6759 or 6761 or 6762 or 6763,
        };
    }

    private static bool HasCheckDigit(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        var zeros = true;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)];
            zeros &= digit == digits[0];
            var doubled = digit * 2;
            sum += i % 2 == 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
        }

        return !zeros && sum % 10 == 0;
    }
}
