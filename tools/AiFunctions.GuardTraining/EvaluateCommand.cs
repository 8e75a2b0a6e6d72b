using System.Diagnostics;
using AiFunctions.Gateway.InputGuard.Scoring;

namespace AiFunctions.GuardTraining;

/// <summary>Measures a model on labelled files.</summary>
internal static class EvaluateCommand
{
    /// <summary>Runs.</summary>
    public static int Run(Arguments arguments)
    {
        var loading = Stopwatch.StartNew();
        var scorer = arguments.All("model") is [var path, ..] ? Load(path) : InjectionScorer.Load();
        Console.WriteLine($"model loaded and first text scored in {loading.Elapsed.TotalMilliseconds + FirstScore(scorer):F0} ms");
        var examples = LabelledFiles.Read(arguments.All("data")).ToList();
        var clock = Stopwatch.StartNew();
        var scored = examples.ConvertAll(e => (e, scorer.Score(e.Text, e.Source).Value));
        Console.WriteLine(
            $"{examples.Count} texts, {clock.Elapsed.TotalMicroseconds / examples.Count:F0} µs a text, "
                + $"{clock.Elapsed.TotalNanoseconds / examples.Sum(e => (double)e.Text.Length):F0} ns a character");
        Report.Print(Console.Out, scored);
        if (arguments.One("list", "") is { Length: > 0 } list)
        {
            File.WriteAllLines(list, scored.Select(s => $"{s.Value:F3}\t{(s.e.IsAttack ? "attack" : "benign")}\t{s.e.Source}\t{s.e.Text.ReplaceLineEndings(" ")}"));
        }

        if (arguments.One("obfuscate", "false") == "true")
        {
            var attacks = examples.Where(e => e is { IsAttack: true, Source: TextSource.User } && e.Text.Length < 2000).ToList();
            Console.WriteLine($"  plain        {Refused(attacks, text => text):P1}");
            foreach (var (name, disguise) in Obfuscations.All)
            {
                Console.WriteLine($"  {name,-12} {Refused(attacks, disguise):P1}");
            }
        }

        return 0;

        double Refused(List<Example> attacks, Func<string, string> disguise) =>
            attacks.Average(e => scorer.Score(disguise(e.Text), e.Source).Value >= GuardThresholds.Block ? 1.0 : 0);
    }

    // Tables are read and code is compiled when they are first used, which is part of what a cold start pays.
    private static double FirstScore(InjectionScorer scorer)
    {
        var clock = Stopwatch.StartNew();
        scorer.Score("hello", TextSource.User);
        return clock.Elapsed.TotalMilliseconds;
    }

    private static InjectionScorer Load(string path)
    {
        using var stream = File.OpenRead(path);
        return InjectionScorer.Load(stream);
    }
}
