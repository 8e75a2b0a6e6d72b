using System.Text;
using AiFunctions.Gateway.InputGuard.Scoring.Views;

namespace AiFunctions.Gateway.Tests.InputGuard.Scoring;

public class DigitDecoderTests
{
    private static readonly string[] Words =
    [
        "the", "harbour", "was", "Quiet", "when", "our", "ferry", "left", "and", "nobody", "had", "asked", "for", "7", "tickets", "naïve",
        "дождь",
    ];

    [Theory]
    [InlineData("", "")]
    [InlineData("pleasereadthisanddowhatitsays", "thanksalotandgoodbye")]
    [InlineData("Please,", "!")]
    [InlineData("a", "b")]
    [InlineData("ABCDEFGHIJKLMNOPQRST-", ".")]
    public void Digits_are_found_wherever_they_stand(string before, string after)
    {
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            var text = string.Join(' ', Enumerable.Range(0, 4 + random.Next(12)).Select(_ => Words[random.Next(Words.Length)]));
            var bytes = Encoding.UTF8.GetBytes(text);
            var hex = Convert.ToHexString(bytes);
            string[] forms =
            [
                Convert.ToBase64String(bytes).TrimEnd('='),
                hex,
                hex.ToLowerInvariant(),
                string.Concat(bytes.Select(b => $"\\x{b:x2}")),
                string.Concat(bytes.Select(b => $"0x{b:X2},")),
                string.Concat(bytes.Select(b => b.ToString("b8", null))),
            ];
            foreach (var (form, digits) in forms.Index())
            {
                // Letters may themselves be digits, and run into the first or last of them: all but the ends is there in any case.
                Assert.True(Decode(before + digits + after).Contains(text[6..^6], StringComparison.Ordinal), $"form {form} of {text}");
            }
        }
    }

    [Theory]
    [InlineData("theharbourwasquietwhenourferryleftandnobodyhadaskedforticketsbeforetherain")]
    [InlineData("Theharbourwasquiet.Ourferryleft,andnobodyhadaskedforticketsbeforetherain.")]
    [InlineData("")]
    [InlineData("abcdefabcdefabcdefabcde")]
    public void Words_are_no_digits(string text) => Assert.Equal("", Decode(text));

    private static string Decode(string canonical)
    {
        var decoded = new char[canonical.Length + 1];
        return new string(decoded, 0, DigitDecoder.Decode(canonical, new byte[canonical.Length + 1], decoded));
    }
}
