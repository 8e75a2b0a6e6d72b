using AiFunctions.Gateway.OutputFilter.Observers;

namespace AiFunctions.Gateway.Tests.OutputFilter;

/// <summary>How the trained model does on texts that were written for this, not made by the grammars it was trained with.</summary>
public class HarmScoreTests
{
    private static readonly string[] Danger = [.. Read("danger")];
    private static readonly string[] Safe = [.. Read("safe")];

    [Fact]
    public void Most_instructions_to_do_harm_are_blocked_and_hardly_any_harmless_text()
    {
        var missed = Danger.Where(text => !Filtered.Text([text]).IsBlocked).ToList();
        var wrong = Safe.Where(text => Filtered.Text([text]).IsBlocked).ToList();

        Assert.True(Danger.Length > 70 && Safe.Length > 90);
        Assert.True(missed.Count <= Danger.Length * 0.25, string.Join('\n', missed));
        Assert.True(wrong.Count <= Safe.Length * 0.02, string.Join('\n', wrong));
    }

    [Fact]
    public void A_passage_is_found_in_the_midst_of_a_long_harmless_text()
    {
        var harmless = string.Join("\n\n", Safe.Take(12));
        var found = Danger.Count(text => Filtered.Text([harmless + "\n\n" + text + "\n\n" + harmless]).IsBlocked);

        Assert.False(Filtered.Text([harmless]).IsBlocked);
        Assert.True(found >= Danger.Length * 0.6, $"{found} of {Danger.Length}");
    }

    [Fact]
    public void Letters_in_capitals_full_width_and_with_invisible_characters_between_are_the_same()
    {
        foreach (var text in Danger.Where(text => text.All(char.IsAscii)))
        {
            var isBlocked = Filtered.Text([text]).IsBlocked;
            Assert.Equal(isBlocked, Filtered.Text([text.ToUpperInvariant()]).IsBlocked);
            Assert.Equal(isBlocked, Filtered.Text([string.Concat(text.Select(c => char.IsAsciiLetter(c) ? (char)(c + 0xFEE0) : c))]).IsBlocked);
            Assert.Equal(isBlocked, Filtered.Text([text.Replace("e", "e\u200B", StringComparison.Ordinal)]).IsBlocked);
        }
    }

    [Fact]
    public void Most_malicious_code_is_flagged_and_ordinary_code_is_not()
    {
        var missed = HarmCode.Malicious.Where(code => !Flags(code)).ToList();

        Assert.True(missed.Count <= 3, string.Join("\n\n", missed));
        Assert.All(HarmCode.Ordinary, code => Assert.False(Flags(code), code));
        Assert.All(HarmCode.Ordinary, code => Assert.False(Filtered.Text([code]).IsBlocked, code));
    }

    [Fact]
    public void Without_signs_of_code_no_text_is_malicious_code()
    {
        foreach (var code in HarmCode.Malicious)
        {
            Assert.False(Flags(string.Concat(code.Select(c => HarmScore.IsCodeMark(c) ? ' ' : c))));
        }
    }

    [Fact]
    public void A_broken_model_file_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => new HarmModel([]));
        Assert.Throws<InvalidDataException>(() => new HarmModel(new byte[27]));
        Assert.Throws<InvalidDataException>(() => new HarmModel([0x41, 0x48, 0x4D, 0x31, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    }

    [Fact]
    public void A_long_text_of_any_words_stays_within_the_sums_bounds()
    {
        var random = new Random(5);
        var score = new HarmScore(HarmModel.Default);
        for (var i = 0; i < 200_000; i++)
        {
            score.EndWord((uint)random.Next());
        }

        Assert.InRange(score.Danger, -HarmModel.Default.Dangerous * 20, HarmModel.Default.Dangerous);
        Assert.True(HarmModel.Default.Doubtful < HarmModel.Default.Dangerous);
    }

    private static bool Flags(string code) => (Filtered.Text([code], Filtered.With(("secret", "Off"), ("internal", "Off"))).Counts ?? "").Contains("malicious_code=1", StringComparison.Ordinal);

    private static IEnumerable<string> Read(string label)
    {
        using var stream = typeof(HarmScoreTests).Assembly.GetManifestResourceStream("HarmPassages.tsv")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(label + "\t", StringComparison.Ordinal))
            {
                yield return line[(label.Length + 1)..];
            }
        }
    }
}
