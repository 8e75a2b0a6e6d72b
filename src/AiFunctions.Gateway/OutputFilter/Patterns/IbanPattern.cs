using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>International bank account numbers (ISO 13616): the country's length and the check digits by mod 97; in any case, plain or in groups of four.</summary>
internal static class IbanPattern
{
    private const int Longest = 34;

    // Country and length, from the SWIFT IBAN registry.
    private const string Lengths =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18"
        + "FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25"
        + "MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19"
        + "SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

    public static bool TryMatch(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        if (CharClass.IsWord(text.Previous) || !char.IsAsciiLetter(text[0]) || !char.IsAsciiLetter(text[1]) || !CharClass.IsDigit(text[2]) || !CharClass.IsDigit(text[3]))
        {
            return false;
        }

        var length = LengthIn(char.ToUpperInvariant(text[0]), char.ToUpperInvariant(text[1]));
        if (length == 0)
        {
            return false;
        }

        Span<char> iban = stackalloc char[Longest];
        var separator = text[4] is ' ' or '-' or '.' or '_' or '/' or '\t' or '\n' ? text[4] : '\0';
        var count = 0;
        var i = 0;
        while (count < length)
        {
            var c = text[i];
            if (char.IsAsciiLetterOrDigit(c))
            {
                iban[count++] = char.ToUpperInvariant(c);
            }
            else if (separator == '\0' || c != separator || count % 4 != 0)
            {
                return false;
            }

            i++;
        }

        if (char.IsAsciiLetterOrDigit(text[i]) || !HasCheckDigits(iban[..count]))
        {
            return false;
        }

        match = new PatternMatch(i);
        return true;
    }

    private static int LengthIn(char first, char second)
    {
        for (var i = 0; i < Lengths.Length; i += 4)
        {
            if (Lengths[i] == first && Lengths[i + 1] == second)
            {
                return ((Lengths[i + 2] - '0') * 10) + Lengths[i + 3] - '0';
            }
        }

        return 0;
    }

    private static bool HasCheckDigits(ReadOnlySpan<char> iban)
    {
        var remainder = 0;
        for (var i = 0; i < iban.Length; i++)
        {
            var c = iban[(i + 4) % iban.Length];
            remainder = CharClass.IsDigit(c) ? ((remainder * 10) + c - '0') % 97 : ((remainder * 100) + c - 'A' + 10) % 97;
        }

        return remainder == 1;
    }
}
