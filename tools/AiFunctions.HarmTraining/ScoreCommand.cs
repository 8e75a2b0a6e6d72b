using AiFunctions.Gateway.OutputFilter.Observers;

namespace AiFunctions.HarmTraining;

/// <summary>Judges labelled texts by a model.</summary>
internal static class ScoreCommand
{
    /// <param name="path">The model.</param>
    /// <param name="files">Lines of a label, a tab and a text in which <c>\n</c> breaks a line.</param>
    public static int Run(string path, IEnumerable<string> files)
    {
        var model = new HarmModel(File.ReadAllBytes(path));
        foreach (
            var (label, text) in files.SelectMany(File.ReadLines)
                .Where(line => line.Contains('\t', StringComparison.Ordinal))
                .Select(
                    line => (
                        line[..line.IndexOf('\t', StringComparison.Ordinal)], line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..])))
        {
            var (danger, code) = WordWalk.Highest(text.Replace("\\n", "\n", StringComparison.Ordinal), model);
            var verdict = danger >= model.Dangerous ? "dangerous" : danger >= model.Doubtful ? "doubtful" : "-";
            Console.WriteLine(
                $"{label}\t{verdict}\t{(code >= model.Malicious ? "malicious" : "-")}\t{Share(danger, model.Dangerous)}"
                    + $"\t{Share(code, model.Malicious)}\t{text[..Math.Min(90, text.Length)]}");
        }

        return 0;
    }

    // Of the threshold, in percent.
    private static int Share(int sum, int threshold) => sum == int.MinValue ? 0 : (int)(100L * sum / Math.Max(1, threshold));
}
