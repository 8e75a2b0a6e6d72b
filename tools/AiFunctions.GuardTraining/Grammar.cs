using System.Text;

namespace AiFunctions.GuardTraining;

/// <summary>Makes sentences from a corpus file: lines in sections, with alternatives in braces and other sections' names in angle brackets.</summary>
internal sealed class Grammar
{
    private const int DeepestNesting = 12;

    private readonly Dictionary<string, List<string>> _sections = [];

    /// <summary>Reads the corpus files of this assembly whose names begin so; sections of the same name are one.</summary>
    /// <param name="name">How their names begin.</param>
    public Grammar(string name)
    {
        var assembly = typeof(Grammar).Assembly;
        foreach (var file in assembly.GetManifestResourceNames().Where(n => n.StartsWith($"Corpus.{name}", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(file)!);
            Read(reader);
        }
    }

    /// <summary>Which line the last sentence was made of, of all sections.</summary>
    public int LastLine { get; private set; }

    /// <summary>The sections whose names begin so.</summary>
    public IEnumerable<string> Sections(string prefix) => _sections.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Makes a sentence of a section.</summary>
    public string Make(string section, Random random)
    {
        var text = MakePart(section, random, out var line);
        LastLine = line;
        return text;
    }

    private string MakePart(string section, Random random, out int index)
    {
        index = random.Next(_sections[section].Count);
        var line = _sections[section][index];
        var text = new StringBuilder();
        var position = 0;
        Expand(line, ref position, text, random, 0);
        return text.ToString().Replace("\\n", "\n", StringComparison.Ordinal);
    }

    private void Read(TextReader reader)
    {
        List<string> lines = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('[') && line.EndsWith(']') && !line.Contains(' ', StringComparison.Ordinal) && !line.Contains('|', StringComparison.Ordinal))
            {
                _sections.TryAdd(line[1..^1], []);
                lines = _sections[line[1..^1]];
            }
            else if (line.Length > 0 && !line.StartsWith("# ", StringComparison.Ordinal))
            {
                lines.Add(line);
            }
        }
    }

    private void Expand(string line, ref int position, StringBuilder text, Random random, int depth)
    {
        while (position < line.Length)
        {
            var c = line[position];
            if (c == '{' && TryChoose(line, ref position, text, random, depth))
            {
                continue;
            }

            var end = c == '<' ? line.IndexOf('>', position) : -1;
            if (end > 0 && depth < DeepestNesting && _sections.ContainsKey(line[(position + 1)..end]))
            {
                text.Append(MakePart(line[(position + 1)..end], random, out _));
                position = end + 1;
                continue;
            }

            text.Append(c);
            position++;
        }
    }

    private bool TryChoose(string line, ref int position, StringBuilder text, Random random, int depth)
    {
        List<string> choices = [];
        var start = position + 1;
        var level = 0;
        for (var i = position; i < line.Length; i++)
        {
            level += line[i] == '{' ? 1 : line[i] == '}' ? -1 : 0;
            if ((line[i] == '|' && level == 1) || level == 0)
            {
                choices.Add(line[start..i]);
                start = i + 1;
            }

            if (level == 0)
            {
                if (choices.Count < 2)
                {
                    return false;
                }

                position = i + 1;
                var choice = choices[random.Next(choices.Count)];
                var inner = 0;
                Expand(choice, ref inner, text, random, depth + 1);
                return true;
            }
        }

        return false;
    }
}
