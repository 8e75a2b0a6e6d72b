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

    private string Disguise(string item) => random.Next(8) switch
    {
        0 => item.Replace("@", "&#64;", StringComparison.Ordinal).Replace(".", "&period;", StringComparison.Ordinal),
        1 => item.Replace("@", "\\u0040", StringComparison.Ordinal),
        2 => string.Join('\u200B', item.ToCharArray()),
        3 => item.Insert(item.Length / 2, "\u200D\uFEFF"),
        4 => string.Concat(item.Select(c => c is > ' ' and < '\u007F' ? (char)(c + 0xFEE0) : c)),
        _ => item,
    };

    // What looks like the start of something, and breaks off.
    private string Noise() => random.Next(9) switch
    {
        0 => "&#6 &comm &",
        1 => "\\u00 \\x4 \\",
        2 => "sk-proj- AKIA eyJ ghp_ -----BEGIN ",
        3 => "4111 1111 1111 ",
        4 => "+49 30 (0 ",
        5 => new string('a', random.Next(1, 300)),
        6 => "2001:db8: fe80:: ",
        7 => "joe@ @example.com joe@example. ",
        _ => "\uFEFF\u200B👩‍👩‍👧‍👦 ﷽ ",
    };
}
