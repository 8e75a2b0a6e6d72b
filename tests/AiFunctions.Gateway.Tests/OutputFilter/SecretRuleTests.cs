using System.IO.Hashing;
using System.Text;
using AiFunctions.FilterEvaluation.Corpus;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Patterns.Secrets;
using AiFunctions.Gateway.OutputFilter.Text;
using AiFunctions.TestHosts;

namespace AiFunctions.Gateway.Tests.OutputFilter;

/// <summary>Every rule of the file: its example goes wherever it stands and however it is cut, its near miss stays.</summary>
public class SecretRuleTests
{
    private const int Seed = 19;
    private const int DrawnOfEach = 4;
    private const int Chunkings = 6;
    private const int LongestLine = 150;
    private const string ListStart = "<!-- issuers -->";
    private const string ListEnd = "<!-- /issuers -->";

    private static readonly FilterPolicy SecretsOnly = Filtered.With(
        [.. Enum.GetValues<OutputCategory>().Where(each => each != OutputCategory.Secret).Select(each => (each.Name(), "Off"))]);

    [Fact]
    public void There_are_rules_of_many_issuers_each_with_an_example_and_a_near_miss()
    {
        Assert.InRange(SecretRules.BuiltIn.All.Select(rule => rule.Issuer).Distinct().Count(), 150, int.MaxValue);
        Assert.Equal(SecretRules.BuiltIn.All.Count, SecretRules.BuiltIn.All.Select(Name).Distinct().Count());
        Assert.All(SecretRules.BuiltIn.All, rule => Assert.True(rule.Examples.Count > 0 && rule.NearMisses.Count > 0, Name(rule)));
    }

    [Fact]
    public void The_example_of_each_rule_is_found_by_that_rule_alone() =>
        AssertNone(
            SecretRules.BuiltIn.All,
            rule => rule.Examples.Select(text => Survives(text, TextOf(text, rule), new SecretRules([rule]))).FirstOrDefault(text => text is not null));

    [Fact]
    public void Each_example_goes_in_all_surroundings()
    {
        var random = new Random(Seed);
        AssertNone(SecretRules.BuiltIn.All, rule => SecretGenerator.Surroundings
            .SelectMany(each => rule.Examples.Select(example => Broken(each.Before + example + each.After, TextOf(example, rule), random)))
            .FirstOrDefault(text => text is not null));
    }

    [Fact]
    public void What_has_the_shape_of_a_rule_goes()
    {
        var random = new Random(Seed);
        var generator = new SecretGenerator(random);
        AssertNone(SecretRules.BuiltIn.All, rule => Enumerable.Range(0, DrawnOfEach).Select(_ =>
        {
            var (before, after) = SecretGenerator.Surroundings[random.Next(SecretGenerator.Surroundings.Count)];
            var text = generator.Next(rule, out var secret);
            return Broken(before + text + after, secret, random);
        }).FirstOrDefault(text => text is not null));
    }

    [Fact]
    public void Each_near_miss_stays() =>
        AssertNone(SecretRules.BuiltIn.All, rule => SecretGenerator.Surroundings.Where(each => !each.Before.Contains("KEY", StringComparison.Ordinal))
            .SelectMany(each => rule.NearMisses.Select(miss => each.Before + miss + each.After))
            .Select(text => Filtered.Text(text, SecretsOnly) is var filtered && filtered == text ? null : $"{text}\n  -> {filtered}")
            .FirstOrDefault(text => text is not null));

    [Fact]
    public void None_is_decided_later_than_all_text_is_held() =>
        Assert.All(
            SecretRules.BuiltIn.All.SelectMany(rule => rule.Shapes),
            shape => Assert.InRange(shape.Most + CanonicalText.Context, SecretRules.ShortestSecret, TextFilter.LongestHold));

    [Theory]
    [InlineData("ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2YUNKZ", false)]
    [InlineData("ghp_", true)]
    [InlineData("npm_", true)]
    public void A_right_checksum_is_proof_and_a_stand_in_is_none(string text, bool isMade)
    {
        var key = isMade ? text + new string('a', 30) + Checksum(new string('a', 30)) : text;

        Assert.Equal(isMade ? "[REDACTED_SECRET]" : key, Filtered.Text(key, SecretsOnly));
        Assert.Equal(text[..4] + "YourOwnTokenGoesHereAndNowhereElseAtAll", Filtered.Text(text[..4] + "YourOwnTokenGoesHereAndNowhereElseAtAll", SecretsOnly));
    }

    [Theory]
    [InlineData("integrity sha512-9JQ2Lx0Xo1vYt5Gk3Qn7bWf4Zc8Rm6Hs2Dp0Ta5Uy1Ie7Ok3Lj9Nb4Vx8Cz6Mw2Qr0Ps5Tf1Gd7Hk3Jl9YaA==")]
    [InlineData("actions/checkout@e3dd6a429d7300a6a4c196c26e071d42e0343502 # aws key")]
    [InlineData("GET /apps/550e8400-e29b-41d4-a716-446655440000 (Heroku)")]
    [InlineData("commit 1f63f16c0ffee1f63f16c0ffee1f63f16c0ffee1, tree d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("a datadog mug, d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("pk_live_ is public, sk_live_ is not; AccountKey=<your-key>; code=200 sig=none; SK_LEARN_VERSION, SG.Web.Mvc.Controllers")]
    [InlineData("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")]
    [InlineData("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi and sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=")]
    [InlineData("src/AiFunctions.Gateway/OutputFilter/Patterns/Secrets/SecretRuleReader.cs:42 and TheLongestNameOfAClassThatAnybodyEverWroteInAnyLanguage1")]
    public void What_is_public_stays(string text) => Assert.Equal(text, Filtered.Text(text, SecretsOnly));

    [Fact]
    public void The_documentation_lists_every_issuer()
    {
        var document = File.ReadAllText(Repository.Path("docs/output-filter.md")).ReplaceLineEndings("\n");
        var start = document.IndexOf(ListStart, StringComparison.Ordinal) + ListStart.Length;
        var listed = document[start..document.IndexOf(ListEnd, start, StringComparison.Ordinal)].Trim();

        Assert.True(listed == IssuerList(), $"docs/output-filter.md must list:\n{IssuerList()}");
    }

    // What must be gone: without what stands before it, be it words or a part that is kept.
    private static string TextOf(string example, SecretRule rule)
    {
        var text = rule.WordsBefore.Count > 0 ? example[(example.LastIndexOf(' ') + 1)..] : example;
        var shape = rule.Shapes.First(each => text.StartsWith(each.Prefix, StringComparison.Ordinal));
        return text[shape.Parts.Take(shape.KeptParts).Sum(part => part.Least)..];
    }

    // A key's first signs, before a letter or digit, are no start: they may stay.
    private static string? Survives(string text, string secret, SecretRules rules)
    {
        for (var start = 0; start < text.Length; start++)
        {
            var cursor = new TextCursor(text, start, isWhole: true);
            if (rules.TryMatch(ref cursor, start > 0 && char.IsAsciiLetterOrDigit(text[start - 1]), out var match) && start + match.Length == text.Length
                && match.Length - match.Kept >= secret.Length - RunGroup.MostLead)
            {
                return null;
            }
        }

        return text;
    }

    private static string? Broken(string text, string secret, Random random)
    {
        var whole = Filtered.Text([text], SecretsOnly);
        if (whole.Text.Contains(secret[RunGroup.MostLead..], StringComparison.Ordinal) || whole.Text.Contains(secret[..^1], StringComparison.Ordinal))
        {
            return $"{text}\n  -> {whole.Text}";
        }

        for (var i = 0; i < Chunkings; i++)
        {
            var streamed = Filtered.Text(Filtered.Cut(text, random, 1 << random.Next(6)), SecretsOnly);
            if (streamed != whole)
            {
                return $"{text}\n  -> {whole.Text}\n  -> {streamed.Text} (streamed)";
            }
        }

        return null;
    }

    private static string Checksum(string text)
    {
        var crc = Crc32.HashToUInt32(Encoding.ASCII.GetBytes(text));
        var checksum = "";
        for (var i = 0; i < 6; i++, crc /= 62)
        {
            checksum = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(int)(crc % 62)] + checksum;
        }

        return checksum;
    }

    // By name, wrapped.
    private static string IssuerList()
    {
        var lines = new List<string> { "" };
        var issuers = SecretRules.BuiltIn.All.Select(rule => rule.Issuer).Distinct().Order(StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var word in issuers.Select((issuer, i) => issuer + (i < issuers.Count - 1 ? "," : ".")))
        {
            if (lines[^1].Length + word.Length >= LongestLine)
            {
                lines.Add("");
            }

            lines[^1] += (lines[^1].Length > 0 ? " " : "") + word;
        }

        return string.Join('\n', lines);
    }

    private static string Name(SecretRule rule) => $"{rule.Issuer}, {rule.Kind}";

    private static void AssertNone(IEnumerable<SecretRule> rules, Func<SecretRule, string?> fault)
    {
        var faults = rules.Select(rule => (Rule: rule, Fault: fault(rule))).Where(each => each.Fault is not null).Select(each => $"{Name(each.Rule)}: {each.Fault}").ToList();
        Assert.True(faults.Count == 0, $"{faults.Count} faults\n{string.Join('\n', faults)}");
    }
}
