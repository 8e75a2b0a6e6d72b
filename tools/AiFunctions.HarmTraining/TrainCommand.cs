using System.Globalization;
using System.Text.Json;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.HarmTraining;

/// <summary>Learns the model, and measures it on what it has not seen: families, and harmless texts, held out in turn.</summary>
internal static class TrainCommand
{
    private const int Folds = 3;
    private const int Seed = 20_260_101;

    // Log odds.
    private const double Doubtful = 1.2;
    private const double Dangerous = 3.1;
    private const double Malicious = 1.6;

    /// <param name="output">Where the model goes.</param>
    /// <param name="harmless">Files of JSON lines with a harmless <c>text</c>.</param>
    /// <param name="measures">Whether families are held out first.</param>
    public static int Run(string output, IReadOnlyList<string> harmless, bool measures)
    {
        List<Passage> read = [.. harmless.SelectMany(File.ReadLines).Select((line, i) => Read(line, i))];
        var passages = new PassageMaker(Seed).Make([.. read.Take(4000).Select(p => p.Text)]);
        passages.AddRange(read);
        var trainer = new WeightTrainer(passages);
        Console.WriteLine($"{passages.Count} passages");
        if (measures)
        {
            Measure(trainer, passages);
        }

        var danger = trainer.LearnDanger(_ => true);
        var code = trainer.LearnCode(_ => true);
        var file = trainer.Pack(danger, code, Doubtful, Dangerous, Malicious);
        File.WriteAllBytes(output, file);
        Console.WriteLine($"{output}: {file.Length} bytes");
        Print("learnt from", passages, new HarmModel(file), danger, code);
        return 0;
    }

    private static void Measure(WeightTrainer trainer, List<Passage> passages)
    {
        foreach (var fold in Enumerable.Range(0, Folds))
        {
            var danger = trainer.LearnDanger(p => FoldOf(p) != fold);
            var code = trainer.LearnCode(p => FoldOf(p) != fold);
            var model = new HarmModel(trainer.Pack(danger, code, Doubtful, Dangerous, Malicious));
            Print($"held out {fold + 1} of {Folds}", [.. passages.Where(p => FoldOf(p) == fold)], model, danger, code);
        }
    }

    // A family, and all that is said about it, in one fold; of what is read, by its place.
    private static int FoldOf(Passage passage) =>
        (int)(
            (uint)(
                passage.Set == "ordinary code" ? StableHash.Of(passage.Text) : passage.Family.Sum(c => c) + (passage.Family.Length * 7)) % Folds);

    private static void Print(string title, IReadOnlyList<Passage> passages, HarmModel model, Weights danger, Weights code)
    {
        var scored = passages.AsParallel().AsOrdered().WithDegreeOfParallelism(2).Select(p => (Passage: p, Sums: WordWalk.Highest(p.Text, model))).ToList();
        Console.WriteLine($"{title}\n{"",-50} {"texts",6} {"blocked %",9} {"doubtful %",10} {"flagged %",9}   log odds: 1 %, 10 %, 50 %, 99 %, 99.9 %");
        foreach (
            var group in scored.GroupBy(
                s => s.Passage.Set + (s.Passage.IsDangerous || s.Passage.IsMalicious ? ", " + s.Passage.Family : ""))
                .OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var sums = group.Select(s => s.Passage.IsMalicious || s.Passage.Set.Contains("code", StringComparison.Ordinal)
                ? WeightTrainer.Logit(Math.Max(s.Sums.Code, -10_000_000), code)
                : WeightTrainer.Logit(Math.Max(s.Sums.Danger, -10_000_000), danger)).Order().ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{group.Key,-50} {sums.Count,6} {Percent(s => s.Danger >= model.Dangerous),9:F2} "
                    + $"{Percent(s => s.Danger >= model.Doubtful),10:F2} {Percent(s => s.Code >= model.Malicious),9:F2}   {At(0.01):F1} "
                    + $"{At(0.1):F1} {At(0.5):F1} {At(0.99):F1} {At(0.999):F1}"));

            double Percent(Func<(int Danger, int Code), bool> holds) => 100.0 * group.Count(s => holds(s.Sums)) / sums.Count;
            double At(double share) => sums[(int)(share * (sums.Count - 1))];
        }
    }

    private static Passage Read(string line, int place)
    {
        using var row = JsonDocument.Parse(line);
        return new Passage(row.RootElement.GetProperty("text").GetString()!, false, false, $"read, part {place % Folds}", "harmless texts read");
    }
}
