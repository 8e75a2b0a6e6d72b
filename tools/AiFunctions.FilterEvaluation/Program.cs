using System.Globalization;
using System.Text.Json;
using AiFunctions.FilterEvaluation;
using AiFunctions.FilterEvaluation.Corpus;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.SecondOpinion;
using AiFunctions.Gateway.OutputFilter.Text;

// dotnet run -c Release --project tools/AiFunctions.FilterEvaluation [texts] [file.jsonl …]
// Prints recall and precision by category on a generated corpus, recall of the rules for secrets (--rules: by rule), what a slow stream
// holds, and how many texts of each file, whose objects have "text", are changed.
// Of each file it also says how many texts are judged dangerous, doubtful and malicious code: as with a service to ask.
// --show prints what the placeholders replaced in the first few of those.
const int Seed = 20_260_101;
const int ShownTexts = 40;
var policy = new FilterPolicy(new OutputFilterOptions());
var asking = new FilterPolicy(new OutputFilterOptions { ContentSafety = new OutputContentSafetyOptions { Endpoint = new Uri("https://safety.example") } });
var texts = args.Length > 0 && int.TryParse(args[0], CultureInfo.InvariantCulture, out var count) ? count : 20_000;
var shown = 0;
var show = args.Contains("--show");
Measure(texts);
SecretRecall.Print(policy, args.Contains("--rules"));
StreamMemory.Print(policy);
foreach (var file in args.Where(File.Exists))
{
    CountAltered(file);
}

return;

void Measure(int count)
{
    var random = new Random(Seed);
    var items = new ItemGenerator(random);
    var sentences = new CleanSentences(random);
    var scores = ItemGenerator.Categories.ToDictionary(category => category, _ => new CategoryScore());
    var (clean, altered) = (0, 0);
    for (var i = 0; i < count; i++)
    {
        var sentence = sentences.Next();
        clean++;
        if (Filter(sentence, out var wrong))
        {
            altered++;
            Show(sentence, wrong);
        }

        var category = ItemGenerator.Categories[i % ItemGenerator.Categories.Count];
        var item = items.Next(category);
        var (before, after) = (sentences.Next() + ". " + item.Before, item.After + (item.Before.StartsWith('\n') ? "\n" : random.Next(2) == 0 ? ". " : ", ") + sentences.Next());
        Filter(before + item.Item + after, out var filtered);
        var score = scores[category];
        score.Planted++;
        var exact = $"{before}[REDACTED_{category.ToUpperInvariant()}]{after}";
        score.Exact += filtered == exact ? 1 : 0;
        score.Gone += filtered.Contains(item.Item, StringComparison.Ordinal) ? 0 : 1;
        foreach (var each in ItemGenerator.Categories)
        {
            scores[each].Placeholders += filtered.Split($"[REDACTED_{each.ToUpperInvariant()}]").Length - 1;
        }

        if (filtered != exact)
        {
            Show(before + item.Item + after, filtered);
        }
    }

    Console.WriteLine($"{count} texts with an item, {clean} sentences without (seed {Seed})");
    Console.WriteLine("category       planted   exact  recall %  exact %  precision %");
    foreach (var (category, score) in scores)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{category,-12} {score.Planted,9} {score.Exact,7} {Percent(score.Gone, score.Planted),9:F2} "
                + $"{Percent(score.Exact, score.Planted),8:F2} {Percent(score.Exact, score.Placeholders),12:F2}"));
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"clean sentences altered: {altered} of {clean} ({Percent(altered, clean):F3} %)"));
}

void CountAltered(string file)
{
    var (all, altered, bytes, doubtful, dangerous, malicious) = (0, 0, 0L, 0, 0, 0);
    var counts = new FilterCounts();
    var watch = System.Diagnostics.Stopwatch.StartNew();
    foreach (var line in File.ReadLines(file))
    {
        var text = JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!;
        all++;
        bytes += text.Length;
        var judged = new TextFilter(asking);
        judged.Append(text, new CharBuffer());
        doubtful += judged.IsWaiting ? 1 : 0;
        var (isDangerous, isMalicious) = Judge(text);
        dangerous += isDangerous ? 1 : 0;
        malicious += isMalicious ? 1 : 0;
        if (Filter(text, out var filtered, counts))
        {
            altered++;
            Show(text, filtered);
        }
    }

    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{Path.GetFileName(file)}: {altered} of {all} texts altered ({Percent(altered, all):F3} %), {bytes} characters, "
            + $"{watch.Elapsed.TotalSeconds:F1} s; {counts.ToHeader()}"));
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  dangerous_instructions {dangerous} ({Percent(dangerous, all):F3} %), asked about as doubtful {doubtful} "
            + $"({Percent(doubtful, all):F3} %), malicious_code {malicious} ({Percent(malicious, all):F3} %)"));
}

// Whatever else would end the text before.
(bool IsDangerous, bool IsMalicious) Judge(string text)
{
    var options = new OutputFilterOptions();
    foreach (var category in Enum.GetValues<OutputCategory>())
    {
        options.Actions[category.Name()] = category is OutputCategory.DangerousInstructions or OutputCategory.MaliciousCode ? "Flag" : "Off";
    }

    var filter = new TextFilter(new FilterPolicy(options));
    filter.Append(text, new CharBuffer());
    filter.Complete(new CharBuffer());
    var found = filter.Counts.ToHeader() ?? "";
    return (found.Contains("dangerous_instructions", StringComparison.Ordinal), found.Contains("malicious_code", StringComparison.Ordinal));
}

bool Filter(string text, out string filtered, FilterCounts? counts = null)
{
    var filter = new TextFilter(policy);
    var output = new CharBuffer();
    filter.Append(text, output);
    filter.Complete(output);
    filtered = output.Written.ToString();
    counts?.Add(filter.Counts);
    return filtered != text || filter.IsBlocked;
}

void Show(string text, string filtered)
{
    if (show && shown++ < ShownTexts)
    {
        var same = text.Zip(filtered).TakeWhile(pair => pair.First == pair.Second).Count();
        Console.WriteLine(
            $"  …{text[Math.Max(0, same - 60)..Math.Min(text.Length, same + 90)].ReplaceLineEndings("⏎")}\n  "
                + $"→ {filtered[Math.Max(0, same - 20)..Math.Min(filtered.Length, same + 60)].ReplaceLineEndings("⏎")}");
    }
}

static double Percent(int part, int all) => all == 0 ? 0 : 100.0 * part / all;
