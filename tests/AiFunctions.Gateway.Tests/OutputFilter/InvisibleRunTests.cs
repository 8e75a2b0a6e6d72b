using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.Tests.OutputFilter;

/// <summary>Runs of invisible characters, of any length and in any form, hide nothing from the filter, cost no visible character, and are not held.</summary>
public class InvisibleRunTests
{
    private const int MostHeld = CanonicalText.MostSurplus + TextFilter.LongestHold + 300;
    private const int Piece = 4096;
    private const string JsonForm = "\\u200b";

    private static readonly int[] Lengths =
    [
        1_000, 4_095, 4_096, 4_097, 16_383, 16_384, 16_385, 32_767, 32_768, 32_769, 33_000, 65_535, 65_536, 65_537, 100_000, 200_000,
    ];

    private static readonly string[] Forms =
    [
        "\u200B", "&#8203;", "&#x200b;", "&#00000008203;", "&#8203", "&ZeroWidthSpace;", "\\u200b", "\\u{200B}", "\\U0000200b", "%E2%80%8B", "\uDB40\uDC21",
        "&#xE0021;", "&amp;#8203;", "%26%238203;", "\\\\u200b", "\u2800", "\u00AD&#xFEFF;%E2%81%A0\\u2060",
    ];

    public static TheoryData<string> AllForms => [.. Forms];

    [Theory]
    [MemberData(nameof(AllForms))]
    public void A_run_before_an_item_leaves_as_it_came_and_hides_nothing(string form) =>
        CheckAll(form, run => ($"Hi, {run}joe@example.com ok", $"Hi, {run}[REDACTED_EMAIL] ok", true));

    [Theory]
    [MemberData(nameof(AllForms))]
    public void A_run_between_and_after_plain_words_leaves_as_it_came(string form) => CheckAll(form, run => ($"One - {run}- two. {run}", $"One - {run}- two. {run}", true));

    [Theory]
    [MemberData(nameof(AllForms))]
    public void A_run_within_an_item_hides_nothing(string form)
    {
        if (form != "&#8203") // a digit would belong to it
        {
            CheckAll(form, run => ($"card 4111 1111 {run}1111 1111, ok", "card [REDACTED_CREDIT_CARD], ok", true), 1_000, 33_000, 200_000);
            CheckAll(form, run => ($"ssn 536-{run}22-8726!", "ssn [REDACTED_SSN]!", true), 1_000);
        }

        CheckAll(form, run => ($"to joe@exa{run}mple.com!", "to [REDACTED_EMAIL]!", true), 1_000);
        CheckAll(form, run => ($"to joe{run}@example.com!", "to [REDACTED_EMAIL]!", true), 1_000, 33_000);
        CheckAll(form, run => ($"to j{run}oe@{run}example.com!", "to [REDACTED_EMAIL]!", true), 1_000);
        CheckAll(form, run => ($"key AKIAIOSF{run}ODNN7EXAMPLE!", "key [REDACTED_SECRET]!", true), 1_000);
    }

    [Theory]
    [MemberData(nameof(AllForms))]
    public void A_run_right_after_a_word_or_an_item_costs_nothing_that_can_be_seen(string form)
    {
        CheckAll(
            form,
            run => ($"joe@example.com{run}, and word{run} and 4111 1111 1111 1111{run}", "[REDACTED_EMAIL], and word and [REDACTED_CREDIT_CARD]", false),
            1_000, 33_000);
    }

    [Theory]
    [InlineData("\u200B")]
    [InlineData("&#8203;")]
    [InlineData("&#x20")]
    [InlineData("\\u200b")]
    [InlineData("%E2%80%8B")]
    [InlineData("&#8203")]
    [InlineData("&amp;")]
    [InlineData("amp;")]
    [InlineData("%25")]
    [InlineData("25")]
    [InlineData("\\")]
    [InlineData("0")]
    [InlineData("\uDB40\uDC21")]
    public void Nothing_is_held_beyond_the_bound(string more)
    {
        var heads = new[] { "", "word", "&#", "joe&", "joe@&#0", "4111", "sk-proj-" + new string('a', 600), "{\"a\":\"", "{\"a\":\"joe", "{\"a\":1" };
        foreach (var (head, isJson) in heads.Select(head => (head, head is ['{', ..])))
        {
            var filter = new TextFilter(Filtered.Policy, isJson);
            var output = new CharBuffer();
            var several = string.Concat(Enumerable.Repeat(more, 8));
            filter.Append(head, output);
            for (var i = 0; i < 2_000; i++)
            {
                filter.Append(several, output);
                Assert.InRange(filter.Held, 0, TextFilter.LongestHold);
                Assert.InRange(filter.HeldAsTheyCame, 0, 4 * MostHeld);
            }
        }
    }

    [Fact]
    public void A_run_between_escapes_of_escapes_leaves_the_same_however_it_is_cut()
    {
        var random = new Random(5);
        for (var i = 0; i < 20; i++)
        {
            var text = "";
            while (text.Length < 60_000)
            {
                var run = string.Concat(Enumerable.Range(0, random.Next(1, 3000)).Select(_ => Forms[random.Next(Forms.Length)]));
                text += new[] { "word", " ", "joe@", "example.com", "4111 1111", " 1111 1111", "&#", "%", "\\u00", ". " }[random.Next(10)] + run;
            }

            var isJson = random.Next(2) == 0;
            text = isJson ? $"{{\"a\":{Filtered.Quote(text)},\"b\":4111{text}" : text;
            var whole = Filtered.Text([text], isJson: isJson);
            Assert.Equal(whole, Filtered.Text(Filtered.Cut(text, random, 1 << random.Next(14)), isJson: isJson));
        }
    }

    private static void CheckAll(string form, Func<string, (string Text, string Expected, bool IsExact)> make, params int[] lengths)
    {
        var isCommon = form is "\u200B" or "&#8203;";
        foreach (var length in lengths is [] ? isCommon ? Lengths : [1_000, 33_000] : lengths.Where(each => isCommon || each <= 33_000))
        {
            var run = string.Concat(Enumerable.Repeat(form, length));
            var (text, expected, isExact) = make(run);
            foreach (var size in length == 1_000 ? [1, text.Length] : length == 33_000 && isCommon ? new[] { Piece, text.Length } : [Piece])
            {
                Check(text, expected, isExact, form, size, isJson: false);
                Check(Argument(text), Argument(expected), isExact, Escaped(form), size, isJson: true);
                if (form[0] == '\u200B')
                {
                    string InJson(string argument) => argument.Replace(form, JsonForm, StringComparison.Ordinal);
                    Check(InJson(Argument(text)), InJson(Argument(expected)), isExact, JsonForm, size, isJson: true);
                }
            }
        }
    }

    private static string Argument(string text) => $"{{\"text\":\"{Escaped(text)}\",\"n\":1}}";

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal);

    private static string Visible(string text, string form)
    {
        foreach (var each in form.Contains('\u00AD', StringComparison.Ordinal) ? ["\u00AD", "&#xFEFF;", "%E2%81%A0", "\\\\u2060", "\\u2060"] : new[] { form })
        {
            text = text.Replace(each, "", StringComparison.Ordinal);
        }

        return text;
    }

    private static void Check(string text, string expected, bool isExact, string form, int size, bool isJson)
    {
        var filter = new TextFilter(Filtered.Policy, isJson);
        var output = new CharBuffer();
        for (var at = 0; at < text.Length; at += size)
        {
            filter.Append(text.AsSpan(at, Math.Min(size, text.Length - at)), output);
            Assert.InRange(filter.HeldAsTheyCame, 0, MostHeld);
        }

        filter.Complete(output);
        var actual = output.Written.ToString();
        actual = isExact ? actual : Visible(actual, form);
        if (actual != expected)
        {
            Assert.Fail($"{Short(actual)}\n!=\n{Short(expected)}\nfor {form} of {text.Length} by {size}");
        }
    }

    private static string Short(string text) => text.Length < 300 ? text : $"{text[..150]}…{text[^150..]} ({text.Length})";
}
