using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>
/// Telephone numbers: international with <c>+</c> (ITU-T E.164: 8 to 15 digits), North American in their usual groups, national ones with
/// a trunk 0 in groups, and bare or doubtful groups only where the text says what they are.
/// </summary>
internal static class PhonePattern
{
    private const int LongestInternational = 15;
    private const int ShortestInternational = 7; // Niue, +683 7012; which countries have so short ones, the numbering plan knows
    private const int ShortestUngrouped = 8;
    private const int MostGroups = 8;

    public static bool TryMatch(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        var international = text[0] == '+';
        if (international ? CharClass.IsWord(text.Previous) || text.Previous == '+' : !IsStart(ref text))
        {
            return false;
        }

        Span<byte> groups = stackalloc byte[MostGroups];
        Span<byte> ends = stackalloc byte[MostGroups];
        var separators = 0;
        var (i, count, group, end, parentheses) = (international ? 1 : 0, 0, 0, 0, false);
        var uniform = '\0';
        var mixed = false;
        var open = false;
        while (count <= LongestInternational + 1)
        {
            var c = text[i];
            if (CharClass.IsDigit(c))
            {
                groups[group]++;
                count++;
                end = ++i;
                ends[group] = (byte)i;
            }
            else if (c == '(' && !open && !parentheses && (CharClass.IsDigit(text[i + 1])))
            {
                open = parentheses = true;
                if (groups[group] > 0 && ++group == MostGroups)
                {
                    return false;
                }

                i++;
            }
            else if (c == ')' && open && groups[group] > 0)
            {
                open = false;
                end = ++i;
                if (text[i] is ' ' or '-' && CharClass.IsDigit(text[i + 1]))
                {
                    i++;
                }

                if (!CharClass.IsDigit(text[i]) || ++group == MostGroups)
                {
                    break;
                }
            }
            else if (c is ' ' or '-' or '.' or '/' && !open
                && (CharClass.IsDigit(text[i + 1]) || (text[i + 1] == '(' && !parentheses && CharClass.IsDigit(text[i + 2]))) && count > 0)
            {
                if (++group == MostGroups)
                {
                    return false;
                }

                mixed |= uniform != '\0' && uniform != c;
                uniform = c;
                separators++;
                i++;
                if (text[i] == '(')
                {
                    open = parentheses = true;
                    i++;
                }
            }
            else
            {
                break;
            }
        }

        var isWhole = !open && count <= LongestInternational && groups[group] > 0 && Digits.IsEnd(ref text, end);
        groups = groups[..(group + 1)];
        if (international)
        {
            // The plan is asked last, and only about what no text to come can change (I6).
            end = text.ReachedEnd ? 0 : InternationalEnd(ref text, isWhole ? end : 0, groups, ends);
            match = new PatternMatch(end);
            return end > 0;
        }

        if (!isWhole || !IsNational(ref text, count, groups, parentheses, uniform, mixed))
        {
            return false;
        }

        match = new PatternMatch(end);
        return true;
    }

    /// <summary>Where a number ends that its country could have: after its last group, or before a group that is something else ("… 0132 24 hours").</summary>
    /// <returns>0 when there is none.</returns>
    private static int InternationalEnd(ref TextCursor text, int end, scoped ReadOnlySpan<byte> groups, scoped ReadOnlySpan<byte> ends)
    {
        for (var last = groups.Length - 1; last >= 0; last--)
        {
            var isLast = last == groups.Length - 1;
            var at = isLast ? end : ends[last];
            if (at == 0 || (!isLast && text[at] != ' '))
            {
                continue;
            }

            var count = 0;
            foreach (var digits in groups[..(last + 1)])
            {
                count += digits;
            }

            if (count <= LongestInternational && IsInternational(ref text, count, groups[..(last + 1)]) && NumberingPlan.IsPossible(text.Seen(1, at - 1)))
            {
                return at;
            }
        }

        return 0;
    }

    private static bool IsStart(ref TextCursor text)
    {
        if (text[0] == '(')
        {
            return !CharClass.IsWord(text.Previous) && CharClass.IsDigit(text[1]);
        }

        // "+1 (415)": a number that was looked at from its + on is not looked at again from within.
        return Digits.IsStart(ref text) && text.Previous is not ('$' or '€' or '£' or '#');
    }

    private static bool IsInternational(ref TextCursor text, int count, scoped ReadOnlySpan<byte> groups) =>
        count >= ShortestInternational && groups[^1] >= 2 && text[1] is >= '1' and <= '9' && (groups.Length == 1 || groups[0] <= 5 || groups[0] >= ShortestUngrouped);

    private static bool IsNational(ref TextCursor text, int count, scoped ReadOnlySpan<byte> groups, bool parentheses, char separator, bool mixed)
    {
        var first = text[0] == '(' ? 1 : 0;
        if (IsNorthAmerican(ref text, count, groups, out var bare))
        {
            return bare ? SaysPhone(ref text) : !mixed || parentheses || count == 11;
        }

        if (text[first] == '0' && text[first + 1] != '0' && count is >= 9 and <= 12)
        {
            // (0711) 123456, 020 7946 0958, 01 23 45 67 89, 030/1234567; a date or time has no such groups.
            return (groups.Length >= 2 && !mixed && separator != '.' && (separator != '-' || (count >= 10 && groups[0] >= 2))
                    && (groups[0] >= 3 || (groups[0] == 2 && groups.Length == 3 && groups[1] >= 3) || groups.Length == 5) && groups[^1] >= 2)
                || parentheses || SaysPhone(ref text);
        }

        return count is >= 7 and <= 12 && separator != '.' && (groups.Length > 1 || count >= 9) && !mixed && groups[0] <= 5 && SaysPhone(ref text);
    }

    private static bool IsNorthAmerican(ref TextCursor text, int count, scoped ReadOnlySpan<byte> groups, out bool bare)
    {
        bare = groups.Length == 1;
        if (count == 11)
        {
            return text[0] == '1' && (bare ? IsNorthAmerican(ref text, 1) : groups is [1, 3, 3, 4] && IsNorthAmerican(ref text, 2));
        }

        return count == 10 && (bare || groups is [3, 3, 4] or [3, 7]) && IsNorthAmerican(ref text, 0);
    }

    // Area code and exchange are [2-9]XX (North American Numbering Plan).
    private static bool IsNorthAmerican(ref TextCursor text, int from)
    {
        var digits = 0;
        for (var i = from; digits < 4; i++)
        {
            var c = text[i];
            if (c == '\0')
            {
                return false;
            }

            if (CharClass.IsDigit(c))
            {
                if (digits is 0 or 3 && c < '2')
                {
                    return false;
                }

                digits++;
            }
        }

        return true;
    }

    private static bool SaysPhone(ref TextCursor text) =>
        Digits.HasWordBefore(
            ref text, "phone", "telephone", "smartphone", "tel:", "tel.", "call ", "mobile", "cell:", "fax", "whatsapp", "sms", "dial",
            "telefon", "téléphone", "teléfono", "handy");
}
