using System.Buffers;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>A value given to a name that says it is secret: <c>AccountKey=…</c>, <c>Password=…;</c>, <c>"client_secret": "…"</c>. The name stays.</summary>
internal static class SecretAssignment
{
    private const int LongestName = 48;
    private const int LongestValue = 512;
    private const int LongestStandIn = 32;
    private const int ShortestValue = 8;
    private const int ShortestPassword = 6;
    private const int ShortestInConnectionString = 3;

    // In small letters without separators; a longer name may end in one (DB_PASSWORD, AzureWebJobsAccountKey).
    private static readonly string[] Names =
    [
        "password", "passwd", "pwd", "secret", "secretkey", "apikey", "accesskey", "secretaccesskey", "accountkey", "sharedaccesskey", "sharedaccesssignature",
        "clientsecret", "privatekey", "accesstoken", "refreshtoken", "authtoken", "token", "apitoken", "sig", "subscriptionkey", "passphrase", "connectionstring",
    ];

    private static readonly SearchValues<char> NotInMembers = SearchValues.Create("/+=-~%:@#!");

    public static bool TryMatch(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        var name = text.RunLength(CharClass.Word, 0, LongestName);
        if (name is < 3 or LongestName || !IsSecret(text.Seen(0, name)))
        {
            return false;
        }

        var i = name;
        if (text[i] is '"' or '\'' or CanonicalText.StringEdge)
        {
            i++;
        }

        while (text[i] == ' ' && i < name + 3)
        {
            i++;
        }

        var sign = text[i];
        if (sign is not ('=' or ':') || text[i + 1] is '=' or ':')
        {
            return false;
        }

        i++;
        while (text[i] == ' ' && i < name + 6)
        {
            i++;
        }

        var quoted = text[i] is '"' or '\'' or '`' or CanonicalText.StringEdge;
        i += quoted ? 1 : 0;
        var value = i;
        while (i - value < LongestValue && IsValue(text[i]))
        {
            i++;
        }

        if (i - value == LongestValue)
        {
            match = new PatternMatch(i, value, MatchTail.Token);
            return true;
        }

        var seen = text.Seen(value, i - value);
        var trimmed = quoted ? seen : seen.TrimEnd(".,:!?");
        var isTight = sign == '=' && !quoted && value == name + 1;
        var inConnectionString = isTight && trimmed.Length >= ShortestInConnectionString && (text.Previous == ';' || (text[i] == ';' && char.IsAsciiLetter(text[i + 1])));
        if (text[i] is '(' or '[' or '{' || trimmed.Length == 0 || IsStandIn(trimmed) || (!quoted && !isTight && IsMember(trimmed))
            || !(inConnectionString || LooksRandom(trimmed, char.ToLowerInvariant(text[0]) == 'p' ? ShortestPassword : ShortestValue)))
        {
            return false;
        }

        match = new PatternMatch(value + trimmed.Length, value);
        return true;
    }

    private static bool IsSecret(ReadOnlySpan<char> name)
    {
        Span<char> letters = stackalloc char[LongestName];
        var count = 0;
        foreach (var c in name)
        {
            if (c is not ('_' or '-'))
            {
                letters[count++] = char.ToLowerInvariant(c);
            }
        }

        foreach (var each in Names)
        {
            if (letters[..count].EndsWith(each, StringComparison.Ordinal) && (count == each.Length || each.Length > 3 || name[^(each.Length + 1)] is '_' or '-'))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsValue(char c) =>
        c is > ' ' and < '\u007F'
            and not ('"' or '\'' or '`' or ';' or '<' or '>' or '(' or ')' or '{' or '}' or '[' or ']' or ',' or '&' or '|' or '\\');

    private static bool IsStandIn(ReadOnlySpan<char> value) =>
        value.ContainsAny("$*")
        || (value.Length <= LongestStandIn && (value.Contains("your", StringComparison.OrdinalIgnoreCase) || value.Contains("example", StringComparison.OrdinalIgnoreCase)))
        || value.StartsWith("process.env", StringComparison.Ordinal) || value.StartsWith("os.", StringComparison.Ordinal) || value.Contains("...", StringComparison.Ordinal)
        || value.StartsWith("http", StringComparison.OrdinalIgnoreCase);

    // options.Value.Token1 and ed25519.PrivateKey are code.
    private static bool IsMember(ReadOnlySpan<char> value) => char.IsAsciiLetter(value[0]) && value.IndexOf('.') > 0 && !value.ContainsAny(NotInMembers);

    // A word is a word; what nobody could guess has letters and digits.
    private static bool LooksRandom(ReadOnlySpan<char> value, int shortest) =>
        value.Length >= shortest && value.ContainsAnyInRange('0', '9') && (value.ContainsAnyInRange('a', 'z') || value.ContainsAnyInRange('A', 'Z'));
}
