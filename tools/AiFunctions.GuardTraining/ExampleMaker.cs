using AiFunctions.Gateway.InputGuard.Scoring;

namespace AiFunctions.GuardTraining;

/// <summary>Makes the examples to train on: those read from files, and our own from the grammars. The same for the same seed.</summary>
internal sealed class ExampleMaker(int seed)
{
    /// <summary>How the families begin of what the grammars make: their lines, in parts that are held out whole.</summary>
    public const string Own = "own, part ";

    /// <summary>How many parts there are.</summary>
    public const int OwnParts = 3;

    private static readonly string[] Joints = ["\n", "\n\n", " ", ". ", " ## ", "\n---\n", "; ", " | ", "\n- ", "\n\n\n", " -- "];

    private static readonly string[] Signs = [".", "-", "_", "|", "/", "*", "~", "\n.", "\U0001F600", "\u2764", "+", ",", "..", "-.", "\u00B7", "="];

    private readonly Random _random = new(seed);
    private readonly MachineText _machine = new(new Random(seed + 1));
    private List<Example>? _small;

    // Of the last sentence that a grammar made.
    private string _family = Own;
    private readonly Grammar _attacksEnglish = new("attacks-en");
    private readonly Grammar _attacksWorld = new("attacks-world");
    private readonly Grammar _benignEnglish = new("benign-en");
    private readonly Grammar _benignWorld = new("benign-world");

    /// <summary>Examples of what users write.</summary>
    public List<Example> ForUser(List<Example> read)
    {
        List<Example> examples = [.. read.Where(e => e.Source == TextSource.User)];
        var documents = read.Where(e => e is { IsAttack: false, Source: TextSource.Document }).ToList();
        examples.AddRange(documents.Where((_, i) => i % 2 == 0).Select(e => e with { Source = TextSource.User, Kind = "pasted document" }));
        for (var i = 0; i < 36_000; i++)
        {
            var attack = Attack();
            var family = _family;
            var host = Pick(documents);
            var excerpt = Excerpt(host.Text);
            var way = _random.Next(12);
            var text = way switch
            {
                < 6 => Vary(attack),
                < 8 => Benign(TextSource.User) + Joint() + attack,
                8 => attack + Joint() + Benign(TextSource.User),
                9 or 10 => excerpt + Joint() + attack,
                11 when _random.Next(2) == 0 => Vary(attack),
                _ => Machine(attack),
            };
            examples.Add(new Example(text, true, TextSource.User, family, "generated attack", way is 9 or 10 ? host.Family : ""));
            if (way is 9 or 10)
            {
                examples.Add(Harmless(excerpt, TextSource.User, host.Family));
            }
        }

        for (var i = 0; i < 52_000; i++)
        {
            var text = Benign(TextSource.User);
            var family = _family;
            for (var more = _random.Next(8) - 5; more > 0; more--)
            {
                text += Joint() + Benign(TextSource.User);
            }

            Add(Vary(text), false, "generated hard negative", family);
        }

        for (var i = 0; i < 5_000; i++)
        {
            var text = Benign(TextSource.Document);
            Add(Vary(text), false, "generated document", _family);
        }

        AddMachine(examples, TextSource.User, 6_000);
        return examples;

        void Add(string text, bool isAttack, string kind, string family) => examples.Add(new Example(text, isAttack, TextSource.User, family, kind));
    }

    /// <summary>Examples of documents and tool results.</summary>
    public List<Example> ForDocument(List<Example> read)
    {
        var documents = read.Where(e => e is { IsAttack: false, Source: TextSource.Document }).ToList();
        List<Example> examples = [.. documents];
        var readAttacks = read.Where(e => e is { IsAttack: true, Source: TextSource.Document }).ToList();
        for (var i = 0; i < 1_500 && readAttacks.Count > 0; i++)
        {
            var attack = Pick(readAttacks);
            var (host, family) = Host(documents);
            examples.Add(new Example(Insert(host, attack.Text), true, TextSource.Document, attack.Family, "inserted read attack", family));
            AddHost(host, family);
        }

        // What an optimiser found to make a model answer its user is no instruction, and no document would bear it.
        var direct = read.Where(e => e is { IsAttack: true, Source: TextSource.User, Kind: not "optimised" } && e.Text.Length < 1500).ToList();
        for (var i = 0; i < 1_500 && direct.Count > 0; i++)
        {
            var attack = Pick(direct);
            var (host, family) = Host(documents);
            examples.Add(new Example(Insert(host, attack.Text), true, TextSource.Document, attack.Family, "inserted direct attack", family));
            AddHost(host, family);
        }

        for (var i = 0; i < 46_000; i++)
        {
            var attack = _random.Next(8) switch { 0 => Attack(), 1 or 2 => From(_attacksWorld, "indirect"), _ => From(_attacksEnglish, "indirect") };
            var own = _family;
            var (host, family) = _random.Next(8) == 0 ? ("", "") : Host(documents);
            attack = _random.Next(4) == 0 ? Vary(attack) : attack;
            var (whole, from) = _random.Next(6) == 0 ? (Machine(attack), "") : (host.Length == 0 ? attack : Insert(host, attack), family);
            examples.Add(new Example(whole, true, TextSource.Document, own, "inserted generated attack", from));
            AddHost(host, family);
        }

        for (var i = 0; i < 38_000; i++)
        {
            // Questions and wishes of people turn up in tickets, forums and search results.
            var text = Benign(_random.Next(6) == 0 ? TextSource.User : TextSource.Document);
            var family = _family;
            for (var more = _random.Next(5); more > 0; more--)
            {
                text += Joint() + Benign(TextSource.Document);
            }

            examples.Add(new Example(Vary(text), false, TextSource.Document, family, "generated document"));
        }

        AddMachine(examples, TextSource.Document, 12_000);
        return examples;

        void AddHost(string host, string family)
        {
            if (family.Length > 0)
            {
                examples.Add(Harmless(host, TextSource.Document, family));
            }
        }
    }

    // A third of the kinds is held out with each part of our own lines.
    private void AddMachine(List<Example> examples, TextSource source, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var kind = _random.Next(_machine.Kinds);
            var text = _machine.Make(kind, _random.Next(3) == 0 ? Benign(source) : null);
            examples.Add(new Example(text, false, source, $"{Own}{1 + (kind % OwnParts)}", "generated machine text"));
        }
    }

    // The same text that elsewhere bears an attack, so that its own words don't come to speak for one.
    private static Example Harmless(string host, TextSource source, string family) => new(host, false, source, $"{Own}host of {family}", "host without an attack");

    private string Machine(string text) => _machine.Make(_random.Next(_machine.Kinds), text);

    private (string Text, string Family) Host(List<Example> documents)
    {
        // Of the families that were read, the small ones too must be seen with and without attacks.
        var isSmall = _random.Next(3) == 0;
        var host = isSmall ? Pick(_small ??= [.. documents.GroupBy(e => e.Family).OrderBy(g => g.Count()).First()]) : Pick(documents);
        return _random.Next(3) == 0
            ? (Benign(TextSource.Document) + Joint() + Benign(TextSource.Document), "")
            : (Excerpt(host.Text), host.Family);
    }

    private string Excerpt(string text)
    {
        var length = Math.Min(text.Length, 100 + _random.Next(1500));
        return text.Substring(_random.Next(text.Length - length + 1), length);
    }

    private string Insert(string host, string attack)
    {
        var at = _random.Next(3) switch
        {
            0 => 0,
            1 => host.Length,
            _ => Math.Max(host.IndexOfAny(['.', '\n', '|'], _random.Next(host.Length + 1)) + 1, 0),
        };
        return host[..at] + Joint() + attack + Joint() + host[at..];
    }

    private string Attack() => FromAny(_random.Next(5) < 3 ? _attacksEnglish : _attacksWorld, "attack:");

    private string Benign(TextSource source) =>
        From(_random.Next(5) < 3 ? _benignEnglish : _benignWorld, source == TextSource.User ? "benign:user" : "benign:document");

    private string FromAny(Grammar grammar, string prefix)
    {
        var sections = grammar.Sections(prefix).ToList();
        return From(grammar, sections[_random.Next(sections.Count)]);
    }

    private string From(Grammar grammar, string section)
    {
        var text = grammar.Make(section, _random);
        _family = $"{Own}{1 + (grammar.LastLine % OwnParts)}";
        return text;
    }

    private string Vary(string text) => _random.Next(12) switch
    {
        0 => text.ToUpperInvariant(),
        1 => text.ToLowerInvariant(),
        2 when text.Length > 4 => Typo(text),
        3 when _random.Next(2) == 0 => Join(text),
        _ => text,
    };

    // Harmless texts are joined as well, so that the signs between the letters speak neither for nor against.
    private string Join(string text)
    {
        var sign = Signs[_random.Next(Signs.Length)];
        return _random.Next(3) == 0
            ? string.Join(' ', text.Split(' ').Select(word => _random.Next(3) == 0 ? word : string.Join(sign, word.EnumerateRunes())))
            : string.Join(sign, text.EnumerateRunes());
    }

    private string Typo(string text)
    {
        var at = 1 + _random.Next(text.Length - 2);
        return _random.Next(3) switch
        {
            0 => text.Remove(at, 1),
            1 => text.Insert(at, text[at].ToString()),
            _ => text[..at] + text[at + 1] + text[at] + text[(at + 2)..],
        };
    }

    private string Joint() => Joints[_random.Next(Joints.Length)];

    private Example Pick(List<Example> examples) => examples[_random.Next(examples.Count)];
}
