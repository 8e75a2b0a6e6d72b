using AiFunctions.Gateway.OutputFilter.Patterns.Secrets;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>Credentials: those that a rule of an issuer tells, JSON web tokens, PEM private keys, passwords in URLs, and values given to names such as <c>password</c>.</summary>
internal static class SecretPattern
{
    private const int LongestToken = 512;
    private const int LongestScheme = 20;
    private const int LongestUser = 64;
    private const int LongestPassword = 128;
    private const int LongestPemLabel = 40;
    private const int ShortestBearer = 16;

    public static bool TryMatch(ref TextCursor text, SecretRules rules, out PatternMatch match)
    {
        if (text[0] == '-')
        {
            return TryMatchPem(ref text, out match);
        }

        if (CharClass.IsWord(text.Previous))
        {
            return rules.TryMatch(ref text, isInside: true, out match);
        }

        return rules.TryMatch(ref text, isInside: false, out match) || TryMatchJsonWebToken(ref text, out match)
            || TryMatchUrl(ref text, out match) || TryMatchBearer(ref text, out match) || SecretAssignment.TryMatch(ref text, out match);
    }

    // The head alone makes it certain; what follows is withheld up to the end line.
    private static bool TryMatchPem(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        if (!text.HasAt(0, "-----BEGIN "))
        {
            return false;
        }

        var i = "-----BEGIN ".Length;
        var label = i;
        while (i - label < LongestPemLabel && (char.IsAsciiLetterUpper(text[i]) || text[i] == ' '))
        {
            i++;
        }

        match = new PatternMatch(i, Tail: MatchTail.Pem);
        return text.Seen(label, i - label) is var name
            && (name.EndsWith("PRIVATE KEY", StringComparison.Ordinal) || name.EndsWith("PRIVATE KEY BLOCK", StringComparison.Ordinal))
            && text.HasAt(i, "-----");
    }

    private static bool TryMatchJsonWebToken(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        if (!text.HasAt(0, "eyJ"))
        {
            return false;
        }

        var header = text.RunLength(CharClass.Word, 0, LongestToken);
        if (header < 12 || text[header] != '.')
        {
            return false;
        }

        var run = text.RunLength(CharClass.Token, header + 1, LongestToken);
        if (run < 8)
        {
            return false;
        }

        match = run == LongestToken
            ? new PatternMatch(header + 1 + run, Tail: MatchTail.Token)
            : new PatternMatch(header + 1 + text.Seen(header + 1, run).TrimEnd(".-/=%~+").Length);
        return true;
    }

    /// <summary>User and password before the host of a URL.</summary>
    private static bool TryMatchUrl(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        var scheme = 0;
        while (scheme < LongestScheme && (char.IsAsciiLetterOrDigit(text[scheme]) || (scheme > 0 && text[scheme] is '+' or '-')))
        {
            scheme++;
        }

        if (scheme < 2 || !text.HasAt(scheme, "://"))
        {
            return false;
        }

        var user = scheme + 3;
        var i = user;
        while (i - user <= LongestUser && IsUserInfo(text[i]))
        {
            i++;
        }

        if (text[i] != ':' || i - user > LongestUser)
        {
            return false;
        }

        var password = ++i;
        while (i - password <= LongestPassword && (IsUserInfo(text[i]) || text[i] == ':'))
        {
            i++;
        }

        if (text[i] != '@' || i == password || i - password > LongestPassword || IsStandIn(text.Seen(password, i - password)))
        {
            return false;
        }

        match = new PatternMatch(i, Kept: user);
        return true;
    }

    private static bool IsUserInfo(char c) => c is > ' ' and < '\u007F' and not ('/' or '@' or ':' or '"' or '\'' or '<' or '>' or '?' or '{' or '}' or '[' or ']' or '(' or ')');

    // Documentation's own stand-ins, and variables.
    private static bool IsStandIn(ReadOnlySpan<char> password) =>
        password.ContainsAny("$") || password.Equals("password", StringComparison.OrdinalIgnoreCase)
            || password.Equals("pass", StringComparison.OrdinalIgnoreCase) || password.Trim('*').IsEmpty;

    private static bool TryMatchBearer(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        var name = text.HasAtIgnoringCase(0, "bearer") ? 6 : text.HasAtIgnoringCase(0, "basic") ? 5 : 0;
        if (name == 0 || text[name] != ' ')
        {
            return false;
        }

        var run = text.RunLength(CharClass.Token, name + 1, LongestToken);
        if (run < ShortestBearer)
        {
            return false;
        }

        var token = text.Seen(name + 1, run);
        match = run == LongestToken ? new PatternMatch(name + 1 + run, name + 1, MatchTail.Token) : new PatternMatch(name + 1 + token.TrimEnd(".-").Length, name + 1);
        return token.ContainsAnyInRange('0', '9') && token.ContainsAnyInRange('A', 'z') && token.IndexOf("..") < 0;
    }
}
