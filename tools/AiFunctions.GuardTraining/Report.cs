using AiFunctions.Gateway.InputGuard.Scoring;

namespace AiFunctions.GuardTraining;

/// <summary>Prints how scores and labels agree.</summary>
internal static class Report
{
    private static readonly float[] Curve = [0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f, 0.95f];

    /// <summary>Prints the curve for the families that were read, and the rates by family and kind at the default thresholds.</summary>
    /// <param name="output">Takes the report.</param>
    /// <param name="scored">What was scored.</param>
    public static void Print(TextWriter output, IReadOnlyList<(Example Example, float Score)> scored)
    {
        output.WriteLine("  threshold  recall  false positives");

        // What our own grammars make is too like what was trained on to count.
        var read = scored.Where(s => !s.Example.Family.StartsWith(ExampleMaker.Own, StringComparison.Ordinal)).ToList();
        foreach (var threshold in Curve)
        {
            output.WriteLine($"  {threshold,9:F2} {Rate(read, true, threshold),7:P1} {Rate(read, false, threshold),8:P2}");
        }

        output.WriteLine($"  area under precision and recall {AveragePrecision(read):F4}");
        output.WriteLine("  rows   flagged   refused  label    family / kind");
        foreach (
            var group in scored.GroupBy(s => (s.Example.IsAttack, s.Example.Family, s.Example.Kind))
                .OrderBy(g => g.Key.IsAttack ? 0 : 1)
                .ThenBy(g => g.Key.Family, StringComparer.Ordinal))
        {
            var rows = group.ToList();
            output.WriteLine(
                $"  {rows.Count,5} {Rate(rows, null, GuardThresholds.Flag),8:P1} {Rate(rows, null, GuardThresholds.Block),9:P1}  "
                    + $"{(group.Key.IsAttack ? "attack" : "benign"),-7}  {group.Key.Family} / {group.Key.Kind}");
        }
    }

    private static double Rate(IEnumerable<(Example Example, float Score)> scored, bool? isAttack, float threshold) =>
        scored.Where(s => isAttack is null || s.Example.IsAttack == isAttack).Select(s => s.Score >= threshold ? 1.0 : 0).DefaultIfEmpty(double.NaN).Average();

    private static double AveragePrecision(IReadOnlyList<(Example Example, float Score)> scored)
    {
        double found = 0, sum = 0;
        var rank = 0;
        foreach (var (example, _) in scored.OrderByDescending(s => s.Score))
        {
            rank++;
            if (example.IsAttack)
            {
                found++;
                sum += found / rank;
            }
        }

        return sum / found;
    }
}
