using System.Globalization;
using AiFunctions.FilterEvaluation.Corpus;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Patterns.Secrets;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.FilterEvaluation;

/// <summary>How many secrets drawn from the shape of each rule are found, in five surroundings.</summary>
internal static class SecretRecall
{
    private const int Seed = 19;
    private const int DrawnInEach = 4;

    public static void Print(FilterPolicy policy, bool byRule)
    {
        var generator = new SecretGenerator(new Random(Seed));
        var (all, gone, partly) = (0, 0, 0);
        foreach (var rule in policy.SecretRules.All)
        {
            var (planted, found) = (0, 0);
            foreach (var (before, after) in SecretGenerator.Surroundings)
            {
                for (var i = 0; i < DrawnInEach; i++)
                {
                    var text = generator.Next(rule, out var secret);
                    var filtered = Filter(policy, before + text + after);
                    planted++;
                    found += filtered.Contains(secret, StringComparison.Ordinal) ? 0 : 1;
                    partly += !filtered.Contains(secret, StringComparison.Ordinal) && filtered.Contains(secret[(secret.Length / 2)..], StringComparison.Ordinal) ? 1 : 0;
                }
            }

            all += planted;
            gone += found;
            if (byRule || found < planted)
            {
                Console.WriteLine($"  {rule.Issuer}, {rule.Kind}: {found} of {planted}");
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{policy.SecretRules.All.Count} rules of {policy.SecretRules.All.Select(rule => rule.Issuer).Distinct().Count()} issuers: {gone} of {all} secrets found "
                + $"({100.0 * gone / all:F2} %), of {partly} the second half stayed"));
    }

    private static string Filter(FilterPolicy policy, string text)
    {
        var filter = new TextFilter(policy);
        var output = new CharBuffer();
        filter.Append(text, output);
        filter.Complete(output);
        return output.Written.ToString();
    }
}
