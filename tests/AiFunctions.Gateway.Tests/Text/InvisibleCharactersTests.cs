using System.Globalization;
using System.Text;
using AiFunctions.Gateway.OutputFilter.Text;
using AiFunctions.Gateway.Tests.InputGuard;
using AiFunctions.Gateway.Tests.OutputFilter;
using AiFunctions.Gateway.Text;

namespace AiFunctions.Gateway.Tests.Text;

public class InvisibleCharactersTests
{
    private static readonly Rune[] All = [.. AllRunes().Where(InvisibleCharacters.Contains)];

    [Fact]
    public void Every_format_character_is_invisible() =>
        Assert.DoesNotContain(AllRunes(), rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format && !InvisibleCharacters.Contains(rune));

    // Unicode 17, DerivedCoreProperties.txt, Default_Ignorable_Code_Point; and the blank Braille pattern.
    [Theory]
    [InlineData(0x00AD, 0x00AD)]
    [InlineData(0x034F, 0x034F)]
    [InlineData(0x061C, 0x061C)]
    [InlineData(0x115F, 0x1160)]
    [InlineData(0x17B4, 0x17B5)]
    [InlineData(0x180B, 0x180F)]
    [InlineData(0x200B, 0x200F)]
    [InlineData(0x202A, 0x202E)]
    [InlineData(0x2060, 0x206F)]
    [InlineData(0x2800, 0x2800)]
    [InlineData(0x3164, 0x3164)]
    [InlineData(0xFE00, 0xFE0F)]
    [InlineData(0xFEFF, 0xFEFF)]
    [InlineData(0xFFA0, 0xFFA0)]
    [InlineData(0xFFF0, 0xFFF8)]
    [InlineData(0x1BCA0, 0x1BCA3)]
    [InlineData(0x1D173, 0x1D17A)]
    [InlineData(0xE0000, 0xE0FFF)]
    public void What_is_ignorable_by_default_is_invisible(int first, int last)
    {
        for (var value = first; value <= last; value++)
        {
            Assert.True(InvisibleCharacters.Contains(new Rune(value)), value.ToString("X4", CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void No_other_character_is_invisible() => Assert.DoesNotContain(All, rune =>
        (Rune.IsLetterOrDigit(rune) && rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0)) || Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) || rune.IsAscii);

    [Fact]
    public void All_ways_to_ask_give_one_answer()
    {
        foreach (var rune in AllRunes())
        {
            var text = rune.ToString();
            var isInvisible = InvisibleCharacters.Contains(rune);

            Assert.Equal(isInvisible, text.Length == 1 ? InvisibleCharacters.Contains(text[0]) : InvisibleCharacters.Contains(text[0], text[1]));
            Assert.Equal(isInvisible ? text.Length : 0, InvisibleCharacters.LengthAt(text, 0));
        }
    }

    [Theory]
    [InlineData("4111111111111111", "[REDACTED_CREDIT_CARD]")]
    [InlineData("123-45-6789", "[REDACTED_SSN]")]
    [InlineData("jane.doe@example.com", "[REDACTED_EMAIL]")]
    public void None_hides_anything_from_the_filter_whole_or_streamed(string item, string placeholder)
    {
        foreach (var rune in All)
        {
            var text = $"It is {string.Join(rune.ToString(), item.ToCharArray())}, so.";
            var expected = $"It is {placeholder}, so.";

            Assert.Equal((rune, expected), (rune, Filtered.Text(text)));
            Assert.Equal((rune, expected), (rune, Filtered.Text(text.Select(c => c.ToString())).Text));
            Assert.Equal((rune, expected), (rune, Filtered.Text(text.Chunk(3).Select(chunk => new string(chunk))).Text));
        }
    }

    [Theory]
    [InlineData("👩‍👩‍👧‍👦 ❤️ 🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F ᅟᅠ 葛\U000E0100 \U0001D15E\U0001D173")]
    [InlineData("𝄞 and \U0001D173")]
    [InlineData("a lone \uDB40")]
    [InlineData("\uD834")]
    [InlineData("\uD834x\uDB40\uDB40\uDC41&\uD834amp;")]
    public void Text_keeps_them(string text)
    {
        Assert.Equal(text, Filtered.Text(text));
        Assert.Equal(text, Filtered.Text(text.Select(c => c.ToString())).Text);
        Assert.Equal($"{text} [REDACTED_EMAIL]", Filtered.Text($"{text} joe@example.com"));
    }

    [Fact]
    public void Of_very_many_in_a_row_none_is_cut_in_half()
    {
        var text = Filtered.Text($"a\u200B{string.Concat(Enumerable.Repeat("\U000E0041", CanonicalText.MostSurplus))}b");

        Assert.StartsWith("a\u200B", text, StringComparison.Ordinal);
        Assert.EndsWith("b", text, StringComparison.Ordinal);
        Assert.All(text[2..^1].EnumerateRunes(), rune => Assert.Equal(new Rune(0xE0041), rune));
        Assert.InRange(text.Length, CanonicalText.MostSurplus - 10, CanonicalText.MostSurplus + 10);
    }

    [Fact]
    public void None_changes_a_fingerprint()
    {
        var fingerprints = GuardParts.FingerprintsWith("a key for the hashes of the tests");
        var plain = fingerprints.Of("text");

        Assert.All(All, rune => Assert.Equal(plain, fingerprints.Of($"te{rune}xt")));
    }

    private static IEnumerable<Rune> AllRunes() => Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value));
}
