using System.Text;
using AiFunctions.GuardTraining;

namespace AiFunctions.HarmTraining;

/// <summary>
/// Makes passages from the grammars, the same for the same seed. The frames that tell how to do a thing are shared by harmful and harmless
/// things, and the names of harmful things also come in news, lessons, advice and refusals: neither alone says anything.
/// </summary>
internal sealed class PassageMaker(int seed)
{
    private static readonly string[] Languages = ["en", "en", "en", "en", "en", "en", "en", "en", "en", "de", "de", "es", "es", "fr", "fr", "it", "it", "pt", "nl", "pl"];

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, Grammar> _grammars =
        Languages.Append("zh").Append("ja").Distinct().ToDictionary(language => language, language => new Grammar($"passages-{language}"));
    private readonly Grammar _code = new("code");
    private readonly Grammar[] _asked = [new("benign-en"), new("benign-world")];

    /// <summary>All that is learnt from, but for what is read from files.</summary>
    public List<Passage> Make(IReadOnlyList<string> hosts)
    {
        List<Passage> passages = [];
        for (var i = 0; i < 26_000; i++)
        {
            var (text, family) = HowTo("harm");
            passages.Add(new Passage(Placed(text, hosts), true, false, family, "instructions to do harm"));
        }

        for (var i = 0; i < 26_000; i++)
        {
            var (text, family) = HowTo("safe");
            passages.Add(new Passage(Vary(i % 4 == 0 ? text + " " + HowTo("safe").Text : text), false, false, family, "harmless instructions"));
        }

        for (var i = 0; i < 26_000; i++)
        {
            var (text, family) = About();
            passages.Add(new Passage(Vary(text), false, false, family, "news, lessons, advice, refusals"));
        }

        for (var i = 0; i < 4_000; i++)
        {
            var text = i % 2 == 0 ? About().Text + "\n\n" + HowTo("safe").Text : HowTo("safe").Text + "\n\n" + About().Text;
            passages.Add(new Passage(text, false, false, "mixed", "news beside a recipe"));
        }

        for (var i = 0; i < 6_000; i++)
        {
            var grammar = _asked[_random.Next(2)];
            passages.Add(new Passage(grammar.Make("benign:user", _random) + " " + grammar.Make("benign:document", _random), false, false, "questions", "questions and notes"));
        }

        // Models that have lost their thread say the same again and again; that adds up, too.
        for (var i = 0; i < 4_000; i++)
        {
            var text = (i % 3) switch { 0 => HowTo("safe").Text, 1 => About().Text, _ => hosts[_random.Next(hosts.Count)] is { Length: > 0 } host ? Excerpt(host) : About().Text };
            passages.Add(
                new Passage(
                    string.Join(_random.Next(2) == 0 ? "\n" : " ", Enumerable.Repeat(text, 2 + _random.Next(8))), false, false, "repeated",
                    "harmless texts repeated"));
        }

        MakeCode(passages);
        return passages;
    }

    private void MakeCode(List<Passage> passages)
    {
        var bad = _code.Sections("bad.").ToList();
        var good = _code.Sections("good.").ToList();
        for (var i = 0; i < 8_000; i++)
        {
            var section = bad[i % bad.Count];
            var lines = Lines(section, 3 + _random.Next(7)).Concat(Lines(GoodOf(section), _random.Next(4))).ToArray();
            _random.Shuffle(lines);
            passages.Add(new Passage(Code(lines), false, true, section.Split('.')[1], "malicious code"));
        }

        for (var i = 0; i < 14_000; i++)
        {
            var section = good[i % good.Count];
            List<string> lines = [.. Lines(section, 4 + _random.Next(12))];
            if (_random.Next(3) == 0)
            {
                // One line of its kind is in much that is harmless.
                lines.Insert(_random.Next(lines.Count), _code.Make(bad[_random.Next(bad.Count)], _random));
            }

            passages.Add(new Passage(Code(lines), false, false, section, "ordinary code"));
        }

        for (var i = 0; i < 3_000; i++)
        {
            passages.Add(new Passage(string.Join(' ', Lines("talk", 1 + _random.Next(5))), false, false, "talk", "talk of malware"));
        }

        string GoodOf(string section) => good.Find(g => g.EndsWith(section[section.LastIndexOf('.')..], StringComparison.Ordinal)) ?? good[0];
    }

    private string Code(IEnumerable<string> lines) => _random.Next(3) switch
    {
        0 => "```\n" + string.Join('\n', lines) + "\n```",
        1 => "Here is the script:\n\n" + string.Join("\n    ", lines),
        _ => string.Join('\n', lines) + "\n",
    };

    private IEnumerable<string> Lines(string section, int count) => Enumerable.Range(0, count).Select(_ => _code.Make(section, _random)).Distinct();

    private (string Text, string Family) HowTo(string kind)
    {
        var grammar = Language();
        var sections = grammar.Sections($"{kind}.").Where(s => s.EndsWith(".do", StringComparison.Ordinal)).ToList();
        var family = sections[_random.Next(sections.Count)][..^3];
        var text = Fill(grammar, grammar.Make("frame.how", _random), family);
        for (var more = _random.Next(4); more > 0; more--)
        {
            text += " " + Fill(grammar, grammar.Make("frame.step", _random), family);
        }

        return (text, family);
    }

    private (string Text, string Family) About()
    {
        var grammar = Language();
        var sections = grammar.Sections("harm.").Where(s => s.EndsWith(".do", StringComparison.Ordinal)).ToList();
        var family = sections[_random.Next(sections.Count)][..^3];
        var text = new StringBuilder();
        for (var more = 1 + _random.Next(4); more > 0; more--)
        {
            text.Append(Fill(grammar, grammar.Make("frame.about", _random), family)).Append(' ');
        }

        return (text.ToString(), family);
    }

    private Grammar Language()
    {
        var language = _random.Next(14) == 0 ? _random.Next(2) == 0 ? "zh" : "ja" : Languages[_random.Next(Languages.Length)];
        return _grammars[language];
    }

    // $G the aim, $T the thing, $P a part, $D a step.
    private string Fill(Grammar grammar, string frame, string family)
    {
        var text = new StringBuilder();
        for (var i = 0; i < frame.Length; i++)
        {
            var section = frame[i] == '$' && i + 1 < frame.Length ? frame[i + 1] switch { 'G' => "goal", 'T' => "thing", 'P' => "part", 'D' => "do", _ => null } : null;
            if (section is null)
            {
                text.Append(frame[i]);
                continue;
            }

            text.Append(grammar.Make($"{family}.{section}", _random));
            i++;
        }

        return text.ToString();
    }

    private string Placed(string text, IReadOnlyList<string> hosts) => _random.Next(8) switch
    {
        0 => HowTo("safe").Text + "\n\n" + Vary(text),
        1 => Excerpt(hosts[_random.Next(hosts.Count)]) + "\n" + Vary(text),
        2 => Vary(text) + "\n" + Excerpt(hosts[_random.Next(hosts.Count)]),
        _ => Vary(text),
    };

    private string Excerpt(string text)
    {
        var length = Math.Min(text.Length, 60 + _random.Next(500));
        return text.Substring(_random.Next(text.Length - length + 1), length);
    }

    private string Vary(string text) => _random.Next(10) switch
    {
        0 => text.ToUpperInvariant(),
        1 => text.Replace(". ", ".\n- ", StringComparison.Ordinal),
        2 => text.Replace(". ", ".\n\n", StringComparison.Ordinal),
        _ => text,
    };
}
