using System.Diagnostics;
using System.Globalization;
using AiFunctions.HarmTraining;

// dotnet run -c Release --project tools/AiFunctions.HarmTraining -- train <output> <harmless.jsonl>… [--folds]
// dotnet run -c Release --project tools/AiFunctions.HarmTraining -- score <model> <labelled.tsv>…
// dotnet run -c Release --project tools/AiFunctions.HarmTraining -- show [count]
return args switch
{
    ["train", var output, .. var rest] when rest.Any(File.Exists) => TrainCommand.Run(output, [.. rest.Where(File.Exists)], rest.Contains("--folds")),
    ["score", var model, .. var files] when files.All(File.Exists) => ScoreCommand.Run(model, files),
    ["show", .. var rest] => Show(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 20),
    _ => Usage(),
};

static int Show(int count)
{
    var passages = new PassageMaker(Stopwatch.GetTimestamp().GetHashCode()).Make([""]);
    foreach (var passage in Random.Shared.GetItems(passages.ToArray(), count))
    {
        Console.WriteLine($"[{passage.Set}, {passage.Family}] {passage.Text}\n");
    }

    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("""
        train <output> <harmless.jsonl>... [--folds]   learns the model; with --folds prints how it does on families held out first
        score <model> <labelled.tsv>...                judges texts: a label, a tab, the text
        show [count]                                   prints generated passages
        """);
    return 1;
}
