using System.Text;
using AiFunctions.Gateway.InputGuard.Scoring;
using CsCheck;

namespace AiFunctions.Gateway.Tests.InputGuard.Scoring;

/// <summary>What is remembered of earlier turns changes no score, and is used.</summary>
public sealed class BlockJudgementsTests
{
    private static readonly InjectionScorer Fresh = ScorerFixture.Scorer;

    [Fact]
    public void A_conversation_that_grows_scores_as_if_nothing_were_remembered()
    {
        var remembering = InjectionScorer.Load(new BlockJudgements());
        Gen.Select(Gen.Int[0, 1 << 20], Gen.Int[0, OwnTexts.Attacks.Count - 1], Gen.Int[0, 9], Gen.Bool).Sample(
            (seed, attack, at, isUser) =>
            {
                var random = new Random(seed);
                var source = isUser ? TextSource.User : TextSource.Document;
                var text = new StringBuilder();
                for (var turn = 0; turn < 10; turn++)
                {
                    for (var length = text.Length + random.Next(6000); text.Length < length;)
                    {
                        text.Append(OwnTexts.HardNegatives[random.Next(OwnTexts.HardNegatives.Count)]);
                    }

                    text.Append(turn == at ? OwnTexts.Attacks[attack].Text : "");
                    Assert.Equal(Fresh.Score(text.ToString(), source), remembering.Score(text.ToString(), source));
                }
            },
            iter: 20);
    }

    [Fact]
    public void An_attack_across_the_border_of_what_is_remembered_is_found()
    {
        var remembering = InjectionScorer.Load(new BlockJudgements());
        var attack = OwnTexts.Attacks.First(a => ScorerFixture.IsRefused(a.Text, TextSource.User)).Text;
        var harmless = string.Concat(Enumerable.Repeat("The ferry was late and the harbour quiet. ", 400));
        for (var before = 7900; before < 8200; before += 7)
        {
            var first = harmless.AsSpan(0, before);
            Assert.True(remembering.Score(first, TextSource.User).Value < GuardThresholds.Block);
            remembering.Score($"{first}{attack.AsSpan(0, attack.Length / 2)}", TextSource.User);
            Assert.True(remembering.Score($"{first}{attack}{harmless}", TextSource.User).Value >= GuardThresholds.Block);
        }
    }

    [Fact]
    public void A_block_is_found_by_its_text_and_source_until_another_takes_its_place()
    {
        var blocks = new BlockJudgements();
        var found = new BlockJudgement(1.5f, 7, IsObfuscated: true, IsGibberish: false);
        var key = blocks.KeyOf("block", TextSource.User);
        Assert.False(blocks.TryFind(key, out _));

        blocks.Keep(key, found);

        Assert.True(blocks.TryFind(blocks.KeyOf("block", TextSource.User), out var known));
        Assert.Equal(found, known);
        Assert.False(blocks.TryFind(blocks.KeyOf("block", TextSource.Document), out _));
        Assert.False(blocks.TryFind(new BlockJudgements().KeyOf("block", TextSource.User), out _)); // each has a key of its own
        blocks.Keep(key + ((UInt128)1 << 100), found with { Logit = 2 });
        Assert.False(blocks.TryFind(key, out _));
    }

    [Theory]
    [InlineData("text", "text", true)]
    [InlineData("text", "t\u0000e\u0000x\u0000t\u0000", false)]
    [InlineData("t\u00E9xt", "t\u00E9xt", true)]
    [InlineData("\u6574", "te", false)]
    public void A_hash_tells_texts_apart_whatever_they_are_made_of(string one, string other, bool same)
    {
        var hash = new JudgementKeys();
        Assert.Equal(same, hash.Of(one, TextSource.User) == hash.Of(other, TextSource.User));
        Assert.NotEqual(hash.Of(one + (char)0xD800, TextSource.User), hash.Of(one + (char)0xD801, TextSource.User));
    }
}
