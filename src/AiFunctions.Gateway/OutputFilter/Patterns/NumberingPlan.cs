using PhoneNumbers;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>
/// Whether a country has telephone numbers of a length, by libphonenumber's metadata. Lengths only, on purpose: a made-up number such as
/// <c>+1 555 123 4567</c> is no valid one, and still must not leave.
/// </summary>
/// <remarks>
/// The number is put together here: libphonenumber's own parser runs regular expressions and throws at an unknown country code, which an
/// answer full of candidates should not pay for.
/// </remarks>
internal static class NumberingPlan
{
    private const int LongestCountryCode = 3;
    private const string UnknownRegion = "ZZ";

    /// <summary>Whether the digits could be a number that can be dialled from abroad.</summary>
    /// <param name="number">What follows the <c>+</c>: at most 15 digits, and any signs between them.</param>
    public static bool IsPossible(ReadOnlySpan<char> number)
    {
        var country = 0;
        for (var (i, digits) = (0, 0); i < number.Length && digits < LongestCountryCode; i++)
        {
            if (!char.IsAsciiDigit(number[i]))
            {
                continue;
            }

            country = (country * 10) + (number[i] - '0');
            digits++;
            if (Library.Instance.GetRegionCodeForCountryCode(country) != UnknownRegion)
            {
                return IsPossible(country, number[(i + 1)..]); // no code is another's beginning (ITU-T E.164)
            }
        }

        return false;
    }

    private static bool IsPossible(int country, ReadOnlySpan<char> national)
    {
        var (value, digits, zeros) = (0UL, 0, 0);
        foreach (var c in national)
        {
            if (char.IsAsciiDigit(c))
            {
                value = (value * 10) + (ulong)(c - '0');
                zeros += value == 0 ? 1 : 0;
                digits++;
            }
        }

        // "+44 (0)20": the trunk 0 is no digit of the number; in Italy it is one.
        return digits > zeros && (IsPossible(country, value, zeros) || (zeros > 0 && IsPossible(country, value, zeros - 1)));
    }

    private static bool IsPossible(int country, ulong national, int zeros)
    {
        var number = new PhoneNumber.Builder().SetCountryCode(country).SetNationalNumber(national);
        if (zeros > 0)
        {
            number.SetNumberOfLeadingZeros(zeros);
        }

        return Library.Instance.IsPossibleNumber(number.Build());
    }

    // The metadata takes a while to load: the first candidate does it, not the start, nor an answer without numbers.
    private static class Library
    {
        public static readonly PhoneNumberUtil Instance = PhoneNumberUtil.GetInstance();
    }
}
