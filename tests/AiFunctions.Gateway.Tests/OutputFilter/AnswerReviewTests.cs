using System.Buffers;
using System.Text;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Answers;
using AiFunctions.Gateway.Reviews;
using AiFunctions.Gateway.Tests.InputGuard;

namespace AiFunctions.Gateway.Tests.OutputFilter;

public class AnswerReviewTests
{
    private static readonly TextFingerprints Fingerprints = GuardParts.FingerprintsWith("a key for the hashes of the tests");

    [Fact]
    public void An_answer_has_one_fingerprint_however_it_comes()
    {
        var random = new Random(7);
        const string Alphabet = "aB \n&;\u00e9\u200b\ud83d\ude00\ud800\udc00\u0130x";
        for (var round = 0; round < 2_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, round % 10 == 0 ? 1500 : 40)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var whole = OfWhole(text);

            Assert.Equal(whole, OfStream(Filtered.Cut(text, random, 9)));
            Assert.NotEqual(whole.Fingerprint, OfWhole(text + "!").Fingerprint);
        }
    }

    [Fact]
    public void White_space_invisible_characters_and_case_do_not_count()
    {
        var fingerprint = OfWhole("Hello \u00c9\U00010400 World").Fingerprint;

        Assert.Equal(fingerprint, OfWhole("HELLO\n\u200b\u00e9\U00010428w\u00adorld").Fingerprint);
        Assert.NotEqual(fingerprint, OfWhole("Hello \u00c9\U00010400, World").Fingerprint);
    }

    [Fact]
    public void What_is_withheld_belongs_to_the_fingerprint()
    {
        var policy = Filtered.With(["secret plan"]);

        Assert.Equal(OfWhole("The secret plan is one.", policy), OfStream(["The sec", "ret plan is", " one."], policy));
        Assert.NotEqual(OfWhole("The secret plan is one.", policy).Fingerprint, OfWhole("The secret plan is two.", policy).Fingerprint);
    }

    [Fact]
    public void Texts_of_different_choices_are_told_apart_and_may_come_interleaved()
    {
        var one = OfStreamed([(0, "ab"), (1, "cd"), (0, "ef")]);

        Assert.Equal(one, OfStreamed([(1, "c"), (0, "abef"), (1, "d")]));
        Assert.NotEqual(one, OfStreamed([(0, "cd"), (1, "abef")]));
    }

    [Theory]
    [InlineData("blocklist", "Flag", "blocklist", false)]
    [InlineData("blocklist", "Block", "blocklist", true)]
    [InlineData("blocklist", "Redact", null, false)]
    [InlineData("malicious_code", "Flag", "malicious_code", false)]
    [InlineData("system_prompt", "Block", "system_prompt", true)]
    [InlineData("training_data", "Off", null, false)]
    [InlineData("email", "Flag", null, false)]
    [InlineData("email", "Block", null, false)]
    [InlineData("secret", "Flag", null, false)]
    [InlineData("internal", "Block", null, false)]
    public void Reasons_are_categories_that_a_person_can_decide_on(string name, string action, string? reason, bool isBlocked)
    {
        var policy = Filtered.With(["term"], (name, action));
        Assert.True(OutputCategories.TryParse(name, out var category));
        var counts = new FilterCounts();
        counts.Add(category);

        var finding = AnswerReviews.FindingOf(policy, counts, 12);

        Assert.Equal(reason is null ? null : [reason], finding?.Reasons);
        if (finding is not null)
        {
            Assert.Equal((1.0, isBlocked ? ReviewVerdict.Blocked : ReviewVerdict.Flagged, 12), (finding.Score, finding.Verdict, finding.Characters));
        }
    }

    [Fact]
    public void Several_reasons_are_one_finding_and_one_block_makes_it_blocked()
    {
        var counts = new FilterCounts();
        counts.Add(OutputCategory.Email);
        counts.Add(OutputCategory.MaliciousCode);
        counts.Add(OutputCategory.DangerousInstructions);

        var finding = AnswerReviews.FindingOf(Filtered.Policy, counts, 1)!;

        Assert.Equal(["malicious_code", "dangerous_instructions"], finding.Reasons);
        Assert.Equal(ReviewVerdict.Blocked, finding.Verdict);
    }

    [Fact]
    public void Nothing_is_hashed_when_nothing_can_be_queued()
    {
        string[] reviewed = ["system_prompt", "training_data", "malicious_code", "dangerous_instructions"];

        Assert.True(Filtered.Policy.MakesReviews);
        Assert.False(Filtered.With([.. reviewed.Select(name => (name, "Off"))]).MakesReviews);
    }

    private static (TextFingerprint Fingerprint, int Characters) OfWhole(string text, FilterPolicy? policy = null)
    {
        using var fingerprint = new AnswerFingerprint(Fingerprints);
        var json = $$"""{"choices":[{"index":0,"message":{"role":"assistant","content":{{Filtered.Quote(text)}}},"finish_reason":"stop"}]}""";
        Filtered.Chat(policy ?? Filtered.Policy, fingerprint: fingerprint).TryFilterJson(Encoding.UTF8.GetBytes(json), new ArrayBufferWriter<byte>());
        return (fingerprint.Complete(), fingerprint.Characters);
    }

    private static (TextFingerprint Fingerprint, int Characters) OfStream(IEnumerable<string> pieces, FilterPolicy? policy = null) =>
        OfStreamed(pieces.Select(piece => (0, piece)), policy);

    private static (TextFingerprint Fingerprint, int Characters) OfStreamed(IEnumerable<(int Choice, string Text)> pieces, FilterPolicy? policy = null)
    {
        using var fingerprint = new AnswerFingerprint(Fingerprints);
        Filtered.Events(
            Filtered.Chat(policy ?? Filtered.Policy, fingerprint: fingerprint),
            pieces.Select(piece => $$$"""data: {"choices":[{"index":{{{piece.Choice}}},"delta":{"content":{{{Filtered.Quote(piece.Text)}}}}}]}""" + "\n\n"));
        return (fingerprint.Complete(), fingerprint.Characters);
    }
}
