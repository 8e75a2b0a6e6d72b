using System.Buffers;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>E-mail addresses (RFC 5321, without quoted local parts; Latin letters beyond ASCII as in RFC 6531).</summary>
internal static class EmailPattern
{
    // RFC 5321 allows 64; a longer run before an @ is still nothing to let through.
    private const int LongestLocalPart = 128;
    private const int LongestDomain = 255;
    private const int LongestBreak = 12;
    private const int LongestCountry = 3;
    private const string LatinLetters = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿĄąĆćČčĎďĐđĘęĚěĞğİıŁłŃńŇňŐőŒœŘřŚśŞşŠšŤťŮůŰűŹźŻżŽž";
    private const string IdeographicStops = "\u3002\uFF61";
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> LocalPart = SearchValues.Create(Alphanumeric + LatinLetters + "._%+-'!#$*?^`{|}~=&/");
    // Allowed by the RFC, but in practice a delimiter before an address.
    private static readonly SearchValues<char> NotInAddresses = SearchValues.Create("/=&{|?$#!`");
    private static readonly SearchValues<char> Domain = SearchValues.Create(Alphanumeric + LatinLetters + "-." + IdeographicStops);

    // image@2x.png is a file, not an address.
    private static readonly SearchValues<string> FileEndings = SearchValues.Create(
        [
            "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "css", "scss", "js", "mjs", "ts", "tsx", "json", "html", "map",
            "pdf", "zip", "gz", "service", "timer",
        ],
        StringComparison.OrdinalIgnoreCase);

    public static bool TryMatch(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        var at = text.RunLength(LocalPart, 0, LongestLocalPart + 1);
        if (at > LongestLocalPart)
        {
            // Too long so far; what stands directly before an @ is still an address, so it is looked at again from where it is short enough.
            text.Resume = Math.Max(1, text.RunSoFar(LocalPart, 0) - LongestLocalPart);
            return false;
        }

        if (at == 0 || text[at] != '@' || text[at - 1] == '.')
        {
            return false;
        }

        // With / = & and the like the run may hold more than the local part; it is the local part from the last of them on.
        var kept = text.Seen(0, at).LastIndexOfAny(NotInAddresses) + 1;
        if (kept == at)
        {
            return false;
        }

        var domain = at + 1 + BreakLength(ref text, at + 1);
        var run = text.RunLength(Domain, domain, LongestDomain + 1);
        if (run > LongestDomain)
        {
            match = new PatternMatch(domain + LongestDomain, kept, MatchTail.Domain); // no name is as long, and nothing else has the form
            return true;
        }

        var length = DomainLength(text.Seen(domain, run));
        if (length == 0 || IsGitRemote(text.Seen(kept, at - kept)))
        {
            return false;
        }

        match = new PatternMatch(domain + length, kept);
        return true;
    }

    /// <summary>Whether a character may stand in a domain.</summary>
    public static bool IsDomain(char c) => Domain.Contains(c);

    /// <summary>How long a line break is, written out or not, with the spaces around it.</summary>
    private static int BreakLength(ref TextCursor text, int offset)
    {
        var breaks = false;
        var i = offset;
        while (i - offset < LongestBreak)
        {
            var isWritten = text[i] == '\\' && text[i + 1] is 'n' or 'r';
            if (!isWritten && !CharClass.IsSpace(text[i]))
            {
                break;
            }

            breaks |= isWritten || text[i] is '\n' or '\r';
            i += isWritten ? 2 : 1;
        }

        return breaks ? i - offset : 0;
    }

    /// <summary>How much of a run of domain characters is a domain with a top level.</summary>
    private static int DomainLength(ReadOnlySpan<char> run)
    {
        Span<char> plain = stackalloc char[LongestDomain];
        var length = WithPlainStops(run, plain);
        ReadOnlySpan<char> domain = plain[..length];
        if (domain is [] or ['.', ..] or ['-', ..])
        {
            return 0;
        }

        domain = domain[..Math.Max(0, domain.IndexOf("..") is var twice and >= 0 ? twice : domain.Length)];
        while (true)
        {
            domain = domain.TrimEnd(".-");
            var dot = domain.LastIndexOf('.');
            if (dot <= 0)
            {
                return 0;
            }

            var top = domain[(dot + 1)..];
            if (IsTopLevel(top))
            {
                return FileEndings.Contains(top.ToString()) ? 0 : domain.Length;
            }

            domain = domain[..dot];
        }
    }

    // A full stop of Han text separates labels as a dot does (UTS #46), but it also ends a sentence: after a whole domain only a short label follows it.
    private static int WithPlainStops(ReadOnlySpan<char> run, Span<char> plain)
    {
        for (var i = 0; i < run.Length; i++)
        {
            plain[i] = run[i];
            if (IdeographicStops.Contains(run[i], StringComparison.Ordinal))
            {
                plain[i] = '.';
                var label = run[(i + 1)..].IndexOfAny("." + IdeographicStops) is var end and >= 0 ? end : run.Length - i - 1;
                var dot = plain[..i].LastIndexOf('.');
                if (label == 0 || (label > LongestCountry && dot > 0 && IsTopLevel(plain[(dot + 1)..i])))
                {
                    return i;
                }
            }
        }

        return run.Length;
    }

    private static bool IsTopLevel(ReadOnlySpan<char> label)
    {
        if (label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase))
        {
            return label.Length > 4;
        }

        foreach (var c in label)
        {
            if (!char.IsLetter(c))
            {
                return false;
            }
        }

        return label.Length >= 2;
    }

    // git@host:owner/name names a program's account, no person.
    private static bool IsGitRemote(ReadOnlySpan<char> localPart) => localPart is "git";
}
