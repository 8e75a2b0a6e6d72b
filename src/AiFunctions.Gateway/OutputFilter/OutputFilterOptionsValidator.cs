using AiFunctions.Gateway.OutputFilter.Patterns.Secrets;
using AiFunctions.Gateway.OutputFilter.SecondOpinion;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.OutputFilter;

/// <summary>Checks the output filter's settings at start.</summary>
internal sealed class OutputFilterOptionsValidator : IValidateOptions<OutputFilterOptions>
{
    private const int ShortestTerm = 2;

    public ValidateOptionsResult Validate(string? name, OutputFilterOptions options)
    {
        var failures = new List<string>();
        foreach (var (setting, value) in options.Actions)
        {
            if (!OutputCategories.TryParse(setting, out var category))
            {
                failures.Add($"OutputFilter__Actions__{setting} is not a category; use one of {AllNames()}.");
            }
            else if (!TryParse(value, out var action) || (action == FilterAction.Redact && !category.HasSpan()))
            {
                failures.Add($"OutputFilter__Actions__{category.Name()} must be {(category.HasSpan() ? "Redact, Block, Flag or Off" : "Block, Flag or Off")}.");
            }
        }

        if (options.Blocklist.Count > OutputFilterOptions.MostTerms)
        {
            failures.Add($"OutputFilter__Blocklist must have at most {OutputFilterOptions.MostTerms} terms.");
        }

        for (var i = 0; i < options.Blocklist.Count; i++)
        {
            var term = options.Blocklist[i]?.Trim() ?? "";
            if (term.Length is < ShortestTerm or > OutputFilterOptions.LongestTerm || !char.IsLetterOrDigit(term[0]) || !char.IsLetterOrDigit(term[^1]))
            {
                failures.Add(
                    $"OutputFilter__Blocklist__{i} must be a term of {ShortestTerm} to {OutputFilterOptions.LongestTerm} characters "
                        + $"that starts and ends with a letter or digit.");
            }
        }

        Check(options.SecretRules, failures);
        Check(options.ContentSafety, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Reads an action by its name; a number is none.</summary>
    public static bool TryParse(string? value, out FilterAction action) =>
        Enum.TryParse(value, ignoreCase: true, out action) && Enum.IsDefined(action) && char.IsLetter(value![0]);

    private static void Check(IList<string> rules, List<string> failures)
    {
        if (rules.Count > OutputFilterOptions.MostRules)
        {
            failures.Add($"OutputFilter__SecretRules must have at most {OutputFilterOptions.MostRules} rules.");
        }

        for (var i = 0; i < rules.Count; i++)
        {
            if (!SecretRuleReader.TryRead(rules[i] ?? "", out _, out var problem))
            {
                failures.Add($"OutputFilter__SecretRules__{i} {problem}.");
            }
        }
    }

    private static void Check(OutputContentSafetyOptions options, List<string> failures)
    {
        const string Prefix = OutputFilterOptions.Section + "__" + nameof(OutputFilterOptions.ContentSafety);
        options.Check(Prefix, (setting, rule) => failures.Add($"{setting} {rule}."));
        if (options.MinimumSeverity is not (2 or 4 or 6))
        {
            failures.Add($"{Prefix}__{nameof(options.MinimumSeverity)} must be 2, 4 or 6.");
        }

        if (!Enum.IsDefined(options.OnFailure))
        {
            failures.Add($"{Prefix}__{nameof(options.OnFailure)} must be one of {string.Join(", ", Enum.GetNames<OutputFailurePolicy>())}.");
        }
    }

    private static string AllNames() => string.Join(", ", Enum.GetValues<OutputCategory>().Select(each => each.Name()));
}
