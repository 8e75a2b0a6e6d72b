using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>IPv4 and IPv6 addresses (RFC 4291 text forms), told apart by where they lead. Loopback, unspecified, broadcast and masks are nobody's.</summary>
internal static class IpAddressPattern
{
    private const int LongestIPv6 = 45;
    private const int Groups = 8;

    // What four numbers with dots are besides an address.
    private static readonly string[] VersionWords =
        [
            "version", "versions", "release", "build", "section", "sections", "chapter", "clause", "§", "revision", "assembly", "ver",
            "ver.", "rev", "rev.", "v.", "firmware", "article", "figure", "table", "appendix", "paragraph", "step", "upgrade to",
            "update to", "upgraded to", "updated to",
        ];

    private static readonly string[] Fillers = [" is", " number", " no.", " was"];

    /// <summary>Finds an address.</summary>
    /// <param name="text">The text.</param>
    /// <param name="match">Where it is.</param>
    /// <param name="isPrivate">Whether it leads into a private network (RFC 1918, RFC 3927, RFC 4193, RFC 6598).</param>
    public static bool TryMatch(ref TextCursor text, out PatternMatch match, out bool isPrivate) =>
        TryMatchV4(ref text, out match, out isPrivate) || TryMatchV6(ref text, out match, out isPrivate);

    private static bool TryMatchV4(ref TextCursor text, out PatternMatch match, out bool isPrivate)
    {
        match = default;
        isPrivate = false;
        if (!CharClass.IsDigit(text[0]) || !IsStart(ref text))
        {
            return false;
        }

        Span<int> octets = stackalloc int[4];
        if (!TryReadV4(ref text, 0, octets, out var end))
        {
            return false;
        }

        var next = text[end];
        if (CharClass.IsWord(next) || next is '_' || (next is '.' or '-' && char.IsAsciiLetterOrDigit(text[end + 1])) || IsNobodys(octets)
            || (octets is [_, _, 0, 0] && next == '/') || IsNumbering(ref text, octets, next, end))
        {
            return false;
        }

        isPrivate = octets is [10, ..] or [192, 168, ..] or [169, 254, ..] or [172, >= 16 and <= 31, ..] or [100, >= 64 and <= 127, ..];
        match = new PatternMatch(end);
        return true;
    }

    private static bool IsStart(ref TextCursor text) =>
        !CharClass.IsWord(text.Previous)
            && !(text.Previous is '.' or '-' or '+' or '^' or '~' or '_' && text.Before is [.., var c, _]
                    && (char.IsAsciiLetterOrDigit(c) || text.Previous is '^' or '~'));

    private static bool TryReadV4(ref TextCursor text, int from, scoped Span<int> octets, out int end)
    {
        end = from;
        for (var n = 0; n < 4; n++)
        {
            if (n > 0 && text[end++] != '.')
            {
                return false;
            }

            var digits = 0;
            var value = 0;
            for (; digits < 3 && CharClass.IsDigit(text[end]); digits++)
            {
                value = (value * 10) + text[end++] - '0';
            }

            if (digits == 0 || value > 255 || (digits > 1 && text[end - digits] == '0'))
            {
                return false;
            }

            octets[n] = value;
        }

        return true;
    }

    private static bool IsNobodys(ReadOnlySpan<int> octets) => octets is [127, ..] or [0, ..] or [255, ..];

    private static bool IsNumbering(ref TextCursor text, scoped ReadOnlySpan<int> octets, char next, int end)
    {
        var before = text.Before;
        var line = before[(before.LastIndexOfAny("\n\r") + 1)..];
        var sentence = line.TrimEnd(" \t:=\"'`(*#");
        foreach (var filler in Fillers)
        {
            sentence = sentence.EndsWith(filler, StringComparison.OrdinalIgnoreCase) ? sentence[..^filler.Length] : sentence;
        }

        foreach (var word in VersionWords)
        {
            if (sentence.EndsWith(word, StringComparison.OrdinalIgnoreCase) && (sentence.Length == word.Length || !char.IsLetterOrDigit(sentence[^(word.Length + 1)])))
            {
                return true;
            }
        }

        // "1.2.3.4 Scope" as a heading.
        var small = octets[0] <= 30 && octets[1] <= 30 && octets[2] <= 30 && octets[3] <= 30;
        return small && line.TrimStart("# \t*").IsEmpty && next == ' ' && char.IsAsciiLetterUpper(text[end + 1]);
    }

    private static bool TryMatchV6(ref TextCursor text, out PatternMatch match, out bool isPrivate)
    {
        match = default;
        isPrivate = false;
        if ((!char.IsAsciiHexDigit(text[0]) && text[0] != ':') || CharClass.IsWord(text.Previous) || text.Previous is ':' or '.' or '_')
        {
            return false;
        }

        Span<int> octets = stackalloc int[4];
        var (i, groups, gapAt, digits, firstGroup) = (0, 0, -1, 0, -1);
        var (hasDigit, allPairs) = (false, true);
        while (groups < Groups)
        {
            if (text[i] == ':' && text[i + 1] == ':')
            {
                if (gapAt >= 0)
                {
                    return false;
                }

                gapAt = groups;
                i += 2;
            }
            else if (groups > 0)
            {
                if (text[i] != ':' || !char.IsAsciiHexDigit(text[i + 1]))
                {
                    break;
                }

                i++;
            }

            var start = i;
            var value = 0;
            for (digits = 0; digits < 5 && char.IsAsciiHexDigit(text[i]); digits++)
            {
                var c = text[i++];
                hasDigit |= CharClass.IsDigit(c);
                value = (value * 16) + (CharClass.IsDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
            }

            if (digits == 0 && gapAt == groups)
            {
                break;
            }

            if (digits is 0 or 5 || i > LongestIPv6)
            {
                return false;
            }

            if (text[i] == '.' && gapAt >= 0 && TryReadV4(ref text, start, octets, out var end))
            {
                groups += 2;
                i = end;
                break;
            }

            firstGroup = groups == 0 ? value : firstGroup;
            allPairs &= digits == 2;
            groups++;
        }

        var whole = gapAt < 0 ? groups == Groups : groups is >= 2 and < Groups;
        if (!whole || !hasDigit || CharClass.IsWord(text[i]) || (text[i] == ':' && text[i + 1] is var next && (next == ':' || char.IsAsciiHexDigit(next))))
        {
            return false;
        }

        // Eight pairs are a device's number (EUI-64) or bytes of a dump.
        if (gapAt < 0 && allPairs)
        {
            return false;
        }

        // a::b is C++, too: with a gap, an address starts with a group of three or four digits as all that are assigned do.
        if (gapAt >= 0 && gapAt != 0 && firstGroup < 0x100)
        {
            return false;
        }

        isPrivate = gapAt != 0 && (firstGroup & 0xFE00) == 0xFC00 || (gapAt != 0 && (firstGroup & 0xFFC0) == 0xFE80);
        match = new PatternMatch(i);
        return true;
    }
}
