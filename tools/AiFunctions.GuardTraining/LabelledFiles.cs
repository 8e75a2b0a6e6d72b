using System.Text.Json;
using AiFunctions.Gateway.InputGuard.Scoring;

namespace AiFunctions.GuardTraining;

/// <summary>Reads labelled JSON lines: <c>text</c>, and if present <c>label</c>, <c>kind</c>, <c>source</c>.</summary>
internal static class LabelledFiles
{
    /// <summary>Reads files, or the <c>.jsonl</c> files of directories.</summary>
    public static IEnumerable<Example> Read(IEnumerable<string> paths) =>
        paths.SelectMany(path => Directory.Exists(path) ? Directory.GetFiles(path, "*.jsonl").Order().ToArray() : [path]).SelectMany(ReadFile);

    private static IEnumerable<Example> ReadFile(string path)
    {
        var attacksByName = Path.GetFileName(path).Contains("attack", StringComparison.OrdinalIgnoreCase);
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            using var row = JsonDocument.Parse(line);
            var kind = Field(row, "kind") ?? "unknown";
            var isAttack = row.RootElement.TryGetProperty("label", out var label)
                ? label.ValueKind == JsonValueKind.True || label.ToString() is "1" or "attack" or "injection" or "jailbreak" or "malicious"
                : attacksByName;
            var source = kind is "document" or "indirect-instruction" || Field(row, "role") is "document" or "tool" ? TextSource.Document : TextSource.User;
            yield return new Example(Field(row, "text") ?? "", isAttack, source, FamilyOf(Field(row, "source") ?? Path.GetFileName(path), Field(row, "text") ?? ""), kind);
        }
    }

    private static string? Field(JsonDocument row, string name) =>
        row.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // T0 is a mixture of tasks, each with openings of its own: rows that open with the same word stay together.
    // What was gathered is held out a third of its directories at a time.
    // The many kinds of BIPIA and the two games of Tensor Trust are families of one house each.
    private static string FamilyOf(string source, string text) =>
        source.Contains("T0 mixture", StringComparison.Ordinal) ? $"T0 mixture, part {PartOf(text.Split((char[]?)null, 2)[0])}"
        : source.Contains("BIPIA", StringComparison.Ordinal) ? "BIPIA (train)"
        : source.Contains("tensor-trust", StringComparison.Ordinal) ? "Tensor Trust"
        : source.StartsWith(GatherCommand.Gathered, StringComparison.Ordinal) ? $"gathered, part {PartOf(source)}: {source[GatherCommand.Gathered.Length..]}"
        : source;

    // One of three, the same in every run.
    private static int PartOf(string name) => 1 + (name.Sum(c => c) % 3);
}
