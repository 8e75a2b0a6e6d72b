using System.Buffers;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>E-mail addresses (RFC 5321, without quoted local parts; Latin letters beyond ASCII as in RFC 6531).</summary>
internal static class EmailPattern
{
    // RFC 5321 allows 64; a longer run before an @ is still nothing to let through.
    private const int LongestLocalPart = 128;
    private const int LongestDomain = 255;
    private const string LatinLetters = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿĄąĆćČčĎďĐđĘęĚěĞğİıŁłŃńŇňŐőŒœŘřŚśŞşŠšŤťŮůŰűŹźŻżŽž";
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> LocalPart = SearchValues.Create(Alphanumeric + LatinLetters + "._%+-'!#$*?^`{|}~=&/");
    // Allowed by the RFC, but in practice a delimiter before an address.
    private static readonly SearchValues<char> NotInAddresses = SearchValues.Create("/=&{|?$#!`");
    private static readonly SearchValues<char> Domain = SearchValues.Create(Alphanumeric + LatinLetters + "-.");

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
        if (at == 0 || at > LongestLocalPart || text[at] != '@' || text[at - 1] == '.')
        {
            return false;
        }

        // With / = & and the like the run may hold more than the local part; it is the local part from the last of them on.
        var kept = text.Seen(0, at).LastIndexOfAny(NotInAddresses) + 1;
        var run = text.RunLength(Domain, at + 1, LongestDomain + 1);
        if (kept == at || run > LongestDomain)
        {
            return false;
        }

        var length = DomainLength(text.Seen(at + 1, run));
        if (length == 0 || IsGitRemote(text.Seen(kept, at - kept)))
        {
            return false;
        }

        match = new PatternMatch(at + 1 + length, kept);
        return true;
    }

    /// <summary>How much of a run of domain characters is a domain with a top level.</summary>
    private static int DomainLength(ReadOnlySpan<char> domain)
    {
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
