using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>What tells of a server's inside: host names that only its own network knows, paths of its files, frames of stack traces.</summary>
internal static class InternalPattern
{
    private const int LongestHost = 253;
    private const int LongestPath = 256;
    private const int LongestFrame = 400;

    private static readonly string[] Suffixes = [".internal", ".local", ".corp", ".lan", ".intranet", ".localdomain"];

    // Where files of a server's own lie. What every system has (/etc/hosts, /usr/bin, /var/log, /tmp) is in every manual.
    private static readonly string[] Roots =
        [
            "/home/", "/users/", "/root/", "/var/www/", "/srv/", "/etc/ssl/private/", "/etc/letsencrypt/live/", "/etc/kubernetes/pki/",
            "/run/secrets/", "/var/run/secrets/", "/opt/app/", "/var/lib/kubelet/",
        ];

    private static readonly string[] WindowsRoots = ["users", "inetpub", "websites", "www"];

    // Names that stand for the reader's own.
    private static readonly string[] StandIns =
        [
            "user", "username", "your", "you", "me", "myuser", "name", "example", "ubuntu", "pi", "yourname", "youruser", "yourusername",
            "your_username", "your-username", "your_user", "your-user", "<", "%", "public", "shared", "default", "linuxbrew", "html", "xxx",
            "someuser", "path", "to",
        ];

    public static bool TryMatch(ref TextCursor text, out PatternMatch match)
    {
        var first = text[0];
        if (first == '/')
        {
            return TryMatchPath(ref text, out match);
        }

        return TryMatchFrame(ref text, out match) || TryMatchWindowsPath(ref text, out match) || TryMatchHost(ref text, out match);
    }

    private static bool TryMatchHost(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        if (text.Previous is '.' or '-' or '_' or '$' or '@')
        {
            return false;
        }

        var run = text.RunLength(CharClass.Host, 0, LongestHost + 1);
        if (run > LongestHost || run == 0)
        {
            return false;
        }

        var host = text.Seen(0, run);
        if (host.IndexOf('.') <= 0)
        {
            return false;
        }

        host = host.TrimEnd(".-");
        var next = text[host.Length];
        if (next is '(' or '_' or '=' || host.Contains("..", StringComparison.Ordinal) || (next == ' ' && text[host.Length + 1] is '=' or '('))
        {
            return false;
        }

        foreach (var suffix in Suffixes)
        {
            if (host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && host.Length > suffix.Length)
            {
                match = new PatternMatch(host.Length);
                return !IsCode(host[..^suffix.Length]) && (host.IndexOf('.') < host.Length - suffix.Length || !(text.Previous is '=' or '(' || next == ')'));
            }
        }

        return false;
    }

    // this.internal and settings.local are members and files, host.docker.internal is in every manual.
    private static bool IsCode(ReadOnlySpan<char> name) =>
        name is "this" or "self" or "settings" or "config" or "env" or "appsettings" or "pkg" or "java" or "sun" or "jdk.internal"
            or "docker-compose" or "threading" or "thread" or "options" or "Setup" or "prospective" or "host.docker" or "gateway.docker"
            or "kubernetes.docker";

    private static bool TryMatchPath(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        if (CharClass.IsWord(text.Previous) || text.Previous is '.' or '~' or '/' or '}' or '>' or ')' or '*')
        {
            return false;
        }

        foreach (var root in Roots)
        {
            if (text.HasAtIgnoringCase(0, root))
            {
                return TryMatchPathIn(ref text, root.Length, out match);
            }
        }

        return false;
    }

    private static bool TryMatchWindowsPath(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        if (!char.IsAsciiLetter(text[0]) || text[1] != ':' || text[2] is not ('\\' or '/') || CharClass.IsWord(text.Previous))
        {
            return false;
        }

        var from = text[3] == '\\' ? 4 : 3;
        foreach (var root in WindowsRoots)
        {
            if (text.HasAtIgnoringCase(from, root) && text[from + root.Length] is '\\' or '/')
            {
                from += root.Length + 1;
                from += text[from] == '\\' ? 1 : 0;
                return TryMatchPathIn(ref text, from, out match);
            }
        }

        return false;
    }

    private static bool TryMatchPathIn(ref TextCursor text, int from, out PatternMatch match)
    {
        match = default;
        var run = text.RunLength(CharClass.Path, from, LongestPath);
        var rest = text.Seen(from, run).TrimEnd(".=-/\\");
        if (rest.IsEmpty)
        {
            return false;
        }

        var name = rest.IndexOfAny('/', '\\') is var slash and >= 0 ? rest[..slash] : rest;
        foreach (var standIn in StandIns)
        {
            if (name.Equals(standIn, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        match = run == LongestPath ? new PatternMatch(from + run, Tail: MatchTail.Token) : new PatternMatch(from + rest.Length);
        return true;
    }

    /// <summary>A line of a stack trace, from its first word to its end: .NET, Java, JavaScript (<c>at …</c>), Python (<c>File "…", line …</c>).</summary>
    private static bool TryMatchFrame(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        var isAt = text[0] == 'a' && text[1] == 't' && text[2] == ' ';
        if ((!isAt && !text.HasAt(0, "File \"")) || !IsAtLineStart(ref text))
        {
            return false;
        }

        var length = 0;
        while (length < LongestFrame && text[length] is not ('\0' or '\n' or '\r' or CanonicalText.StringEdge))
        {
            length++;
        }

        var line = text.Seen(0, length);
        if (!(isAt ? IsFrame(line["at ".Length..]) : line.Contains("\", line ", StringComparison.Ordinal) && line["File \"".Length] != '<'))
        {
            return false;
        }

        match = new PatternMatch(length, Tail: length == LongestFrame ? MatchTail.Line : MatchTail.None);
        return true;
    }

    private static bool IsAtLineStart(ref TextCursor text)
    {
        var before = text.Before.TrimEnd(" \t");
        return before is [] or [.., '\n' or '\r' or CanonicalText.StringEdge];
    }

    private static bool IsFrame(ReadOnlySpan<char> frame)
    {
        frame = frame.TrimEnd();
        var open = frame.IndexOf('(');
        if (open < 0)
        {
            return EndsInLineNumber(frame) && frame.ContainsAny("/\\"); // at /srv/app.js:10:5
        }

        var method = frame[..open];
        if (method.EndsWith(" ", StringComparison.Ordinal) || method.EndsWith("] ", StringComparison.Ordinal))
        {
            return frame.EndsWith(")", StringComparison.Ordinal) && EndsInLineNumber(frame[..^1]); // at fn (file:1:2)
        }

        if (method.Contains(' ') || !method.Contains('.'))
        {
            return false;
        }

        var close = frame.LastIndexOf(')');
        return close > open
            && (close == frame.Length - 1
                || frame[(close + 1)..].StartsWith(" in ", StringComparison.Ordinal)
                || frame[(close + 1)..].StartsWith(" ~[", StringComparison.Ordinal));
    }

    private static bool EndsInLineNumber(ReadOnlySpan<char> location)
    {
        var rest = location.TrimEnd("0123456789");
        return rest.Length < location.Length && rest.EndsWith(":", StringComparison.Ordinal);
    }
}
