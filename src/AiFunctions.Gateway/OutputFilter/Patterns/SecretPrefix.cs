using System.Buffers;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>A credential that its first characters give away.</summary>
/// <param name="Prefix">Those characters.</param>
/// <param name="Characters">What follows is of these.</param>
/// <param name="Least">How many follow at the least.</param>
/// <param name="Exactly">Whether exactly so many follow.</param>
/// <param name="NeedsDigit">Whether one of them must be a digit, because words could have the form otherwise.</param>
/// <param name="StandsAlone">Whether a word may end in those characters by chance, so that it is none directly after a letter.</param>
internal sealed record SecretPrefix(string Prefix, SearchValues<char> Characters, int Least, bool Exactly = false, bool NeedsDigit = false, bool StandsAlone = false)
{
    private const int Longest = 512;

    // The forms are those that the issuers document, or that their keys have.
    private static readonly SecretPrefix[] All =
    [
        new("sk-ant-", CharClass.Word, 20), new("sk-proj-", CharClass.Word, 20), new("sk-svcacct-", CharClass.Word, 20), new("sk-or-v1-", CharClass.Hex, 32),
        new("sk-", CharClass.Word, 20, NeedsDigit: true, StandsAlone: true), new("gsk_", CharClass.Alphanumeric, 40), new("xai-", CharClass.Alphanumeric, 60),
        new("pplx-", CharClass.Alphanumeric, 40), new("r8_", CharClass.Alphanumeric, 37),
        new("AKIA", CharClass.UpperAlphanumeric, 16, Exactly: true), new("ASIA", CharClass.UpperAlphanumeric, 16, Exactly: true),
        new("ghp_", CharClass.Alphanumeric, 36), new("gho_", CharClass.Alphanumeric, 36), new("ghu_", CharClass.Alphanumeric, 36),
        new("ghs_", CharClass.Alphanumeric, 36), new("ghr_", CharClass.Alphanumeric, 36),
        new("github_pat_", CharClass.Word, 40), new("glpat-", CharClass.Word, 20), new("gldt-", CharClass.Word, 20), new("glrt-", CharClass.Word, 20),
        new("xoxb-", CharClass.Word, 20), new("xoxp-", CharClass.Word, 20), new("xoxa-", CharClass.Word, 20),
        new("xoxr-", CharClass.Word, 20), new("xoxs-", CharClass.Word, 20), new("xapp-", CharClass.Word, 20),
        new("sk_live_", CharClass.Alphanumeric, 16), new("sk_test_", CharClass.Alphanumeric, 16),
        new("rk_live_", CharClass.Alphanumeric, 16), new("rk_test_", CharClass.Alphanumeric, 16), new("whsec_", CharClass.Base64, 24),
        new("AIza", CharClass.Word, 35), new("GOCSPX-", CharClass.Word, 20), new("ya29.", CharClass.Word, 20),
        new("hf_", CharClass.Alphanumeric, 30), new("npm_", CharClass.Alphanumeric, 36), new("pypi-", CharClass.Word, 50),
        new("SK", CharClass.Hex, 32, Exactly: true, StandsAlone: true), new("SG.", CharClass.Token, 40, StandsAlone: true), new("shpat_", CharClass.Hex, 32),
        new("dop_v1_", CharClass.Hex, 64), new("dapi", CharClass.Hex, 32),
        new("shpss_", CharClass.Hex, 32), new("shpca_", CharClass.Hex, 32), new("sbp_", CharClass.Hex, 40),
        new("rubygems_", CharClass.Hex, 48), new("pul-", CharClass.Hex, 40), new("key-", CharClass.Hex, 32, Exactly: true, StandsAlone: true),
        new("hvs.", CharClass.Word, 24), new("dckr_pat_", CharClass.Word, 20), new("PMAK-", CharClass.Word, 24),
        new("glsa_", CharClass.Word, 32), new("NRAK-", CharClass.Alphanumeric, 27), new("ATATT3", CharClass.Word, 60),
        new("lin_api_", CharClass.Alphanumeric, 32), new("ntn_", CharClass.Alphanumeric, 40),
        new("AGE-SECRET-KEY-1", CharClass.Alphanumeric, 50), new("tskey-", CharClass.Word, 20, NeedsDigit: true),
        new("dp.pt.", CharClass.Alphanumeric, 40),
        new("figd_", CharClass.Word, 32), new("sq0atp-", CharClass.Word, 22), new("sq0csp-", CharClass.Word, 40),
        new("nvapi-", CharClass.Word, 40), new("lsv2_", CharClass.Word, 32), new("tvly-", CharClass.Word, 24, NeedsDigit: true),
        new("jina_", CharClass.Word, 40),
        new("aif_", CharClass.Word, 52, NeedsDigit: true),
    ];

    private static readonly SecretPrefix[][] ByFirst = [.. Enumerable.Range(0, 128).Select(c => All.Where(each => each.Prefix[0] == c).ToArray())];

    private static readonly HashSet<(char, char)> Inside = [.. All.Where(each => !each.StandsAlone).Select(each => (each.Prefix[0], each.Prefix[1]))];

    /// <summary>Whether one that may stand directly after a letter starts with a character.</summary>
    public static bool MayStartInside(char first) => first < ByFirst.Length && ByFirst[first].Any(each => !each.StandsAlone);

    /// <summary>Whether one that may stand directly after a letter starts with two characters.</summary>
    public static bool MayStartInside(char first, char second) => Inside.Contains((first, second));

    /// <summary>Finds the longest at the cursor.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isInside">Whether a letter or digit stands directly before.</param>
    /// <param name="match">Where it is.</param>
    public static bool TryMatch(ref TextCursor text, bool isInside, out PatternMatch match)
    {
        match = default;
        var first = text[0];
        if (first < 128)
        {
            foreach (var each in ByFirst[first])
            {
                if (!(isInside && each.StandsAlone) && text.HasAt(0, each.Prefix) && each.TryMatchRest(ref text, out var found) && found.Length > match.Length)
                {
                    match = found;
                }
            }
        }

        return match.Length > 0;
    }

    private bool TryMatchRest(ref TextCursor text, out PatternMatch match)
    {
        match = default;
        var run = text.RunLength(Characters, Prefix.Length, Longest);
        if (run == Longest)
        {
            match = new PatternMatch(Prefix.Length + run, Tail: MatchTail.Token);
            return !Exactly;
        }

        var rest = text.Seen(Prefix.Length, run).TrimEnd(".-/=%~+");
        match = new PatternMatch(Prefix.Length + rest.Length);
        return (Exactly
                ? rest.Length == Least && (Characters == CharClass.UpperAlphanumeric || !CharClass.IsWord(text[Prefix.Length + run]))
                : rest.Length >= Least) && (!NeedsDigit || rest.ContainsAnyInRange('0', '9'));
    }
}
