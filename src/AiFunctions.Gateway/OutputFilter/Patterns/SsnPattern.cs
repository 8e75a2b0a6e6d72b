using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>US social security numbers: area not 000, 666 or 9xx, group not 00, serial not 0000 (SSA, randomised since 2011). Nine bare
/// digits only where the text says what they are.</summary>
internal static class SsnPattern
{
    public static bool TryMatch(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        if (!Digits.IsStartAfterWord(ref text) || !(CharClass.IsDigit(text[0]) && CharClass.IsDigit(text[1]) && CharClass.IsDigit(text[2])))
        {
            return false;
        }

        var separator = text[3];
        var step = separator is '-' or ' ' or '.' or '/' or '_' ? 1 : 0;
        var group = 3 + step;
        var serial = group + 2 + step;
        var end = serial + 4;
        for (var i = 3; i < end; i++)
        {
            var c = text[i];
            if (step == 1 && (i == 3 || i == serial - 1) ? c != separator : !CharClass.IsDigit(c))
            {
                return false;
            }
        }

        var area = Number(ref text, 0, 3);
        if (area is 0 or 666 or >= 900 || Number(ref text, group, 2) == 0 || Number(ref text, serial, 4) == 0 || !Digits.IsEndBeforeWord(ref text, end))
        {
            return false;
        }

        if (separator == ' ' && ((text.Before is [.., var digit, ' '] && CharClass.IsDigit(digit)) || (text[end] == ' ' && CharClass.IsDigit(text[end + 1]))))
        {
            return false; // part of a row of numbers
        }

        if (step == 0 && !Digits.HasWordBefore(ref text, "ssn", "social security", "soc. sec", "social_security"))
        {
            return false;
        }

        if (separator == '.' && (text.Previous is 'v' or 'V' || Digits.HasWordBefore(ref text, "version", "build", "release", "revision", "firmware", "driver")))
        {
            return false;
        }

        match = new PatternMatch(end);
        return true;
    }

    private static int Number(ref TextCursor text, int from, int length)
    {
        var value = 0;
        for (var i = 0; i < length; i++)
        {
            value = (value * 10) + text[from + i] - '0';
        }

        return value;
    }
}
