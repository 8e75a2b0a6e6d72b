using System.Text;
using AiFunctions.FilterEvaluation.Corpus;

namespace AiFunctions.Gateway.Tests.OutputFilter;

/// <summary>Random texts with items planted in them, some written so as to slip through.</summary>
internal sealed class PlantedText(Random random)
{
    private readonly ItemGenerator _items = new(random);
    private readonly CleanSentences _sentences = new(random);

    /// <summary>What must not survive in the last text.</summary>
    public List<string> Items { get; } = [];

    public string Next(int sentences)
    {
        Items.Clear();
        var text = new StringBuilder();
        for (var i = 0; i < sentences; i++)
        {
            text.Append(_sentences.Next()).Append(random.Next(4) == 0 ? "\n" : ". ");
            if (random.Next(2) == 0)
            {
                var item = _items.Next(ItemGenerator.Categories[random.Next(ItemGenerator.Categories.Count)]);
                Items.Add(item.Item);
                text.Append(item.Before).Append(Disguise(item.Item)).Append(item.After).Append(item.Before.StartsWith('\n') ? "\n" : random.Next(2) == 0 ? ", " : " 👍 ");
            }

            if (random.Next(40) == 0)
            {
                text.Append("-----BEGIN PRIVATE KEY-----\nMIIE").Append(random.Next()).Append("\n-----END PRIVATE KEY-----\n");
            }

            if (random.Next(10) == 0)
            {
                text.Append(Noise());
            }
        }

        return text.ToString();
    }

    private string Disguise(string item) => random.Next(13) switch
    {
        0 => item.Replace("@", "&#64;", StringComparison.Ordinal).Replace(".", "&period;", StringComparison.Ordinal),
        1 => item.Replace("@", "\\u0040", StringComparison.Ordinal),
        2 => string.Join('\u200B', item.ToCharArray()),
        3 => item.Insert(item.Length / 2, "\u200D\uFEFF"),
        4 => string.Concat(item.Select(c => c is > ' ' and < '\u007F' ? (char)(c + 0xFEE0) : c)),
        5 => item.Insert(item.Length / 2, Invisible(random.Next(1, 400))),
        6 => Invisible(random.Next(1, 400)) + item,
        7 => item.Replace("@", NestedAt(), StringComparison.Ordinal),
        8 => string.Concat(item.Select(Mathematical)),
        _ => item,
    };

    private string Invisible(int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => new[] { "\u200B", "&#8203;", "\\u200b", "%E2%80%8B", "&amp;#x200b;", "\uDB40\uDC21" }[random.Next(6)]));

    private string NestedAt()
    {
        var at = new[] { "&#64;", "\\u0040", "%40", "&#x0040;" }[random.Next(4)];
        for (var depth = random.Next(3); depth > 0; depth--)
        {
            at = at[0] switch { '&' => "&amp;" + at[1..], '%' => "%25" + at[1..], _ => "\\" + at };
        }

        return at;
    }

    private static string Mathematical(char c) =>
        char.IsAsciiLetterUpper(c) ? char.ConvertFromUtf32(0x1D400 + c - 'A')
            : char.IsAsciiLetterLower(c) ? char.ConvertFromUtf32(0x1D41A + c - 'a')
            : char.IsAsciiDigit(c) ? char.ConvertFromUtf32(0x1D7CE + c - '0')
            : c.ToString();

    // What looks like the start of something, and breaks off.
    private string Noise() => random.Next(12) switch
    {
        0 => "&#6 &comm &",
        1 => "\\u00 \\x4 \\",
        2 => "sk-proj- AKIA eyJ ghp_ -----BEGIN ",
        3 => "4111 1111 1111 ",
        4 => "+49 30 (0 ",
        5 => new string('a', random.Next(1, 300)),
        6 => "2001:db8: fe80:: ",
        8 => "word" + Invisible(random.Next(1, 40)),
        9 => "&#000 &amp;amp; %E2%80 %2 \\\\\\ \\u{20 \\U0000 𝐣𝛂",
        10 => new string('a', random.Next(1, 300)) + "@" + new string('b', random.Next(1, 300)),
        7 => "joe@ @example.com joe@example. ",
        _ => "\uFEFF\u200B👩‍👩‍👧‍👦 ﷽ ",
    };
}
