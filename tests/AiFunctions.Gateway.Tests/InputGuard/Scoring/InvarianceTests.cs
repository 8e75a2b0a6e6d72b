using System.Text;
using AiFunctions.Gateway.InputGuard.Scoring;
using CsCheck;

namespace AiFunctions.Gateway.Tests.InputGuard.Scoring;

/// <summary>Invariant I4: a text scores the same wherever it was cut, joined or spaced.</summary>
public sealed class InvarianceTests
{
    private static readonly string[] Spaces = [" ", "\n", "\t", "\r\n", "\u00A0", "\u2003", "\u3000", "\u2028", "   "];
    private static readonly string[] Invisible = ["\u200B", "\u200D", "\u2060", "\uFEFF", "\u00AD", "\u202E", "\uFE0F"];

    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.Int[0, OwnTexts.Attacks.Count - 1].Select(i => OwnTexts.Attacks[i].Text),
        Gen.Int[0, OwnTexts.HardNegatives.Count - 1].Select(i => OwnTexts.HardNegatives[i]),
        Gen.Select(Gen.Int[0, OwnTexts.Documents.Count - 1], Gen.Int[0, OwnTexts.Attacks.Count - 1]).Select((d, a) => OwnTexts.Documents[d] + OwnTexts.Attacks[a].Text),
        Gen.Int[0, OwnTexts.Attacks.Count - 1].Select(i => Convert.ToBase64String(Encoding.UTF8.GetBytes(OwnTexts.Attacks[i].Text))),
        Gen.Char.Array[0, 200].Select(chars => new string(chars)));

    private static readonly Gen<TextSource> AnySource = Gen.Bool.Select(isUser => isUser ? TextSource.User : TextSource.Document);

    [Fact]
    public void WhiteSpaceAnywhereChangesNothing() =>
        Gen.Select(AnyText, AnySource, Gen.Int[0, 1_000_000].Array[0, 40], Gen.Int[0, Spaces.Length - 1]).Sample(
            (text, source, places, space) => Assert.Equal(Score(text, source), Score(Insert(text, places, Spaces[space]), source)), iter: 3000);

    [Fact]
    public void TakingWhiteSpaceAwayChangesNothing() =>
        Gen.Select(AnyText, AnySource).Sample(
            (text, source) => Assert.Equal(Score(text, source), Score(string.Concat(text.Where(c => !char.IsWhiteSpace(c))), source)), iter: 1000);

    [Fact]
    public void InvisibleCharactersChangeNoValue() =>
        Gen.Select(AnyText, AnySource, Gen.Int[0, 1_000_000].Array[0, 40], Gen.Int[0, Invisible.Length - 1]).Sample(
            (text, source, places, mark) => Assert.Equal(Score(text, source).Value, Score(Insert(text, places, Invisible[mark]), source).Value), iter: 3000);

    [Fact]
    public void LongTextsTooAreBlindToWhiteSpace()
    {
        var text = string.Concat(Enumerable.Range(0, 900).Select(i => OwnTexts.HardNegatives[i % OwnTexts.HardNegatives.Count]));
        Gen.Int[0, 1_000_000].Array[0, 3000].Sample(
            places => Assert.Equal(Score(text, TextSource.User), Score(Insert(text, places, "\n"), TextSource.User)), iter: 5);
    }

    [Fact]
    public void ManyInvisibleCharactersAreAReason()
    {
        var text = string.Join('\u200B', OwnTexts.Attacks[0].Text.AsEnumerable());
        Assert.True(Score(text, TextSource.User).Reasons.HasFlag(InjectionReasons.Obfuscation));
        Assert.False(Score(OwnTexts.Attacks[0].Text, TextSource.User).Reasons.HasFlag(InjectionReasons.Obfuscation));
    }

    private static InjectionScore Score(string text, TextSource source) => ScorerFixture.Scorer.Score(text, source);

    private static string Insert(string text, int[] places, string what)
    {
        var result = new StringBuilder();
        var marks = places.Select(place => place % (text.Length + 1)).ToHashSet();
        for (var i = 0; i <= text.Length; i++)
        {
            result.Append(marks.Contains(i) ? what : "").Append(text.AsSpan(i, i < text.Length ? 1 : 0));
        }

        return result.ToString();
    }
}
