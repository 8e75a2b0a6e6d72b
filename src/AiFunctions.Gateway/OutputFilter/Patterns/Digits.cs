using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>Where a number that stands for itself starts and ends: it is no part of a longer number, version, id or decimal.</summary>
internal static class Digits
{
    private const int Nearby = 32;
    private const int LongestGap = 6;
    private const int LongestMixedWord = 8;
    private const int LongestWordAfter = 8;

    public static bool IsStart(ref TextCursor text)
    {
        var before = text.Before;
        return before is [] || !(CharClass.IsWord(before[^1]) || (before[^1] is '.' or ',' or '-' or '/' or '+' && before.Length > 1 && char.IsAsciiLetterOrDigit(before[^2])));
    }

    public static bool IsEnd(ref TextCursor text, int end)
    {
        var next = text[end];
        return !CharClass.IsWord(next) && next != '_' && !(next is '.' or ',' or '-' or '/' && CharClass.IsDigit(text[end + 1]));
    }

    /// <summary>Whether a number starts that may stand directly after letters: <c>x4111…</c>. Not within what looks like a hash or another long id.</summary>
    public static bool IsStartAfterWord(ref TextCursor text)
    {
        var before = text.Before;
        if (before is [] || !CharClass.IsWord(before[^1]))
        {
            return IsStart(ref text);
        }

        var start = before.Length;
        while (start > 0 && CharClass.IsWord(before[start - 1]))
        {
            start--;
        }

        var word = before[start..];
        return !CharClass.IsDigit(word[^1]) && (word.Length <= LongestMixedWord || !word.ContainsAnyInRange('0', '9'));
    }

    /// <summary>Whether a number ends that a word may follow: <c>…1111and</c>, <c>…1111_x</c>.</summary>
    public static bool IsEndBeforeWord(ref TextCursor text, int end)
    {
        var next = text[end];
        if (next == '_')
        {
            return !CharClass.IsDigit(text[end + 1]);
        }

        if (!CharClass.IsWord(next))
        {
            return IsEnd(ref text, end);
        }

        for (var i = end; i < end + LongestWordAfter; i++)
        {
            if (!CharClass.IsWord(text[i]))
            {
                return true;
            }

            if (CharClass.IsDigit(text[i]))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>What separates groups of digits: white space, line breaks too, or one sign with or without spaces around.</summary>
    /// <param name="text">The text.</param>
    /// <param name="offset">Where the last group ended.</param>
    /// <param name="sign">The sign; a line break or a space when there is none.</param>
    /// <returns>How long it is; 0 when no digit follows one.</returns>
    public static int GapLength(ref TextCursor text, int offset, out char sign)
    {
        sign = ' ';
        var i = offset;
        for (; i - offset < LongestGap; i++)
        {
            var c = text[i];
            if (c is '-' or '.' or '/' or '_' && CharClass.IsSpace(sign))
            {
                sign = c;
            }
            else if (c is '\n' or '\r')
            {
                sign = sign == ' ' ? '\n' : sign;
            }
            else if (!CharClass.IsSpace(c))
            {
                return CharClass.IsDigit(c) ? i - offset : 0;
            }
        }

        return CharClass.IsDigit(text[i]) ? LongestGap : 0;
    }

    /// <summary>Whether one of the words stands shortly before, in any case, with no other number between.</summary>
    public static bool HasWordBefore(ref TextCursor text, params ReadOnlySpan<string> words)
    {
        var before = text.Before;
        var nearby = before.Length > Nearby ? before[^Nearby..] : before;
        nearby = nearby[(nearby.LastIndexOfAnyInRange('0', '9') + 1)..];
        foreach (var word in words)
        {
            var at = nearby.LastIndexOf(word, StringComparison.OrdinalIgnoreCase);
            if (at >= 0 && (at == 0 || !char.IsLetter(nearby[at - 1])))
            {
                return true;
            }
        }

        return false;
    }
}
