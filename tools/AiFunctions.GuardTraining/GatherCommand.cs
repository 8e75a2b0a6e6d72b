using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AiFunctions.GuardTraining;

/// <summary>
/// Cuts excerpts out of the text files of a directory (sources, documentation, logs), as harmless documents to train on and to measure with.
/// The same for the same files and seed.
/// </summary>
internal static class GatherCommand
{
    /// <summary>How the sources begin of what this command gathered.</summary>
    public const string Gathered = "gathered ";

    private const int LargestFile = 1 << 20;
    private const int LeastExcerpt = 120;
    private const int LongestExcerpt = 8000;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs.</summary>
    public static int Run(Arguments arguments)
    {
        var take = int.Parse(arguments.One("take", "300"), CultureInfo.InvariantCulture);
        var source = Gathered + arguments.One("source", "files");
        var random = new Random(int.Parse(arguments.One("seed", "1"), CultureInfo.InvariantCulture));

        // Kinds of files by the root of their number, so that one kind of which there are thousands doesn't stand for all.
        var kinds = arguments.All("from").SelectMany(Files).GroupBy(Path.GetExtension).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.ToList()).ToList();
        var weights = kinds.ConvertAll(files => Math.Sqrt(files.Count));
        HashSet<string> seen = [];
        using var output = new StreamWriter(arguments.One("output", "gathered.jsonl"));
        for (var tries = 0; seen.Count < take && tries < take * 4 && kinds.Count > 0; tries++)
        {
            var files = kinds[Pick(weights, random)];
            if (Read(files[random.Next(files.Count)]) is { } text && Cut(text, random) is { Length: >= LeastExcerpt / 2 } excerpt && seen.Add(excerpt))
            {
                output.WriteLine(JsonSerializer.Serialize(new { text = excerpt, kind = "document", source, label = 0 }, Json));
            }
        }

        Console.WriteLine($"{seen.Count} excerpts from {kinds.Sum(files => files.Count)} files");
        return 0;
    }

    private static IEnumerable<string> Files(string directory) =>
        new DirectoryInfo(directory)
            .EnumerateFiles(
                "*",
                new EnumerationOptions
                {
                    RecurseSubdirectories = true,
                    AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Device,
                })
            .Where(file => file.Length is > 40 and < LargestFile).Select(file => file.FullName).Order(StringComparer.Ordinal);

    private static int Pick(List<double> weights, Random random)
    {
        var at = random.NextDouble() * weights.Sum();
        var i = 0;
        while (i < weights.Count - 1 && at >= weights[i])
        {
            at -= weights[i++];
        }

        return i;
    }

    // Null for what is no text.
    private static string? Read(string path)
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path));
            return text.AsSpan().IndexOfAnyInRange('\0', '\u0008') >= 0 ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // From the beginning of a line; lengths evenly spread over their orders of magnitude.
    private static string Cut(string text, Random random)
    {
        var length = (int)(LeastExcerpt * Math.Pow((double)LongestExcerpt / LeastExcerpt, random.NextDouble()));
        if (text.Length <= length)
        {
            return text.Trim();
        }

        var start = random.Next(text.Length - length);
        start = random.Next(4) == 0 ? 0 : text.LastIndexOf('\n', start) + 1;
        var end = text.IndexOf('\n', start + length - 1);
        end = end < 0 || end > start + (2 * length) ? start + length : end;
        return text[start..end].Trim();
    }
}
