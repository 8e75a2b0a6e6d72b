using AiFunctions.Gateway.InputGuard.Scoring;
using CsCheck;

namespace AiFunctions.Gateway.Tests.InputGuard.Scoring;

public sealed class RobustnessTests
{
    [Fact]
    public void AnyUtf16HasAScore() =>
        Gen.Select(Gen.Char.Array[0, 3000], Gen.Bool).Sample(
            (chars, isUser) =>
            {
                var score = ScorerFixture.Scorer.Score(chars, isUser ? TextSource.User : TextSource.Document);
                Assert.InRange(score.Value, 0f, 1f);
            },
            iter: 1000);

    [Theory]
    [InlineData('a')]
    [InlineData('0')]
    [InlineData('%')]
    [InlineData('\\')]
    [InlineData('\uD800')]
    [InlineData('\uDC00')]
    [InlineData('\uFDFA')]
    [InlineData('無')]
    public void RunsOfOneCharacterAreNoAttack(char c) =>
        Assert.All([1, 100, 8191, 8192, 8193, 40_000], length => Assert.False(ScorerFixture.IsRefused(new string(c, length), TextSource.User)));

    [Fact]
    public void NothingIsNoAttack()
    {
        Assert.Equal(default, ScorerFixture.Scorer.Score("", TextSource.User));
        Assert.Equal(default, ScorerFixture.Scorer.Score(" \n\u200B", TextSource.Document));
    }

    [Fact]
    public void ScoringIsDeterministicAndSafeForConcurrentUse()
    {
        var texts = OwnTexts.Attacks.Select(a => a.Text).Concat(OwnTexts.HardNegatives).ToList();
        var expected = texts.ConvertAll(text => ScorerFixture.Scorer.Score(text, TextSource.User));
        Parallel.For(0, 4, _ => Assert.Equal(expected, texts.ConvertAll(text => ScorerFixture.Scorer.Score(text, TextSource.User))));
        Assert.Equal(expected, texts.ConvertAll(text => InjectionScorer.Load().Score(text, TextSource.User)).Take(expected.Count));
    }

    [Fact]
    public void WorkingMemoryDoesNotGrowWithTheText()
    {
        var text = string.Concat(Enumerable.Repeat(OwnTexts.Documents[3], 8000));
        ScorerFixture.Scorer.Score(text, TextSource.Document);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ScorerFixture.Scorer.Score(text, TextSource.Document);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400_000);
    }

    [Fact]
    public void AModelThatIsNoneIsRefused()
    {
        Assert.Throws<InvalidDataException>(() => InjectionScorer.Load(new MemoryStream([1, 2, 3, 4, 5])));
        Assert.Throws<InvalidDataException>(() => InjectionScorer.Load(new MemoryStream([0x41, 0x49, 0x47, 0x31, 5])));
    }

    [Fact]
    public void AnAttackIsFoundWhereverItStands()
    {
        var filler = string.Concat(Enumerable.Repeat(OwnTexts.Documents[3] + "\n", 300));
        var attack = OwnTexts.Attacks[1].Text;
        Assert.False(ScorerFixture.IsRefused(filler, TextSource.User));
        Assert.All([0, 7000, 8100, 8192, 20_000, filler.Length], at => Assert.True(ScorerFixture.IsFlagged(filler.Insert(at, attack), TextSource.User)));
    }
}
