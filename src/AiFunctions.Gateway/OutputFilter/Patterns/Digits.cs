using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>Where a number that stands for itself starts and ends: it is no part of a longer number, version, id or decimal.</summary>
internal static class Digits
{
    private const int Nearby = 32;

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
