using System.Runtime.CompilerServices;
using AiFunctions.Gateway.OutputFilter.Patterns;
using AiFunctions.Gateway.OutputFilter.Patterns.Secrets;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.OutputFilter;

/// <summary>The settings in the form that filters use. One for all requests.</summary>
internal sealed class FilterPolicy
{
    private PerCategory _actions;

    public FilterPolicy(IOptions<OutputFilterOptions> options)
        : this(options.Value)
    {
    }

    /// <param name="options">Valid options.</param>
    public FilterPolicy(OutputFilterOptions options)
    {
        for (var i = 0; i < OutputCategories.Count; i++)
        {
            _actions[i] = ((OutputCategory)i).DefaultAction();
        }

        foreach (var (name, value) in options.Actions)
        {
            if (OutputCategories.TryParse(name, out var category) && OutputFilterOptionsValidator.TryParse(value, out var action))
            {
                _actions[(int)category] = action;
            }
        }

        AsksAboutDanger = options.ContentSafety.IsOn && Wants(OutputCategory.DangerousInstructions);
        SecretRules = SecretRules.BuiltIn.With(options.SecretRules);
        Blocklist = new TermTrie(options.Blocklist);
        if (Blocklist.IsEmpty)
        {
            _actions[(int)OutputCategory.Blocklist] = FilterAction.Off;
        }
    }

    private FilterPolicy(FilterPolicy policy, params ReadOnlySpan<OutputCategory> without)
    {
        _actions = policy._actions;
        foreach (var category in without)
        {
            _actions[(int)category] = FilterAction.Off;
        }

        Blocklist = policy.Blocklist;
        SecretRules = policy.SecretRules;
    }

    /// <summary>For strings that come whole, such as titles: what is told of long passages is not looked for.</summary>
    public FilterPolicy ForWholeTexts => field ??= new FilterPolicy(
        this, OutputCategory.SystemPrompt, OutputCategory.TrainingData, OutputCategory.MaliciousCode, OutputCategory.DangerousInstructions);

    /// <summary>For ids and names: digits in them are no personal data.</summary>
    public FilterPolicy ForIdentifiers => field ??= new FilterPolicy(
        ForWholeTexts, OutputCategory.Phone, OutputCategory.Ssn, OutputCategory.CreditCard, OutputCategory.Iban, OutputCategory.IpAddress, OutputCategory.Internal);

    /// <summary>The policy terms.</summary>
    public TermTrie Blocklist { get; }

    /// <summary>What issuers' secrets look like.</summary>
    public SecretRules SecretRules { get; }

    /// <summary>Whether there is someone to ask about passages that may be dangerous instructions.</summary>
    public bool AsksAboutDanger { get; }

    /// <summary>Whether any category is looked for.</summary>
    public bool IsOn => ((ReadOnlySpan<FilterAction>)_actions).ContainsAnyExcept(FilterAction.Off);

    /// <summary>Whether a category can change what a caller sees.</summary>
    public bool CanAlter
    {
        get
        {
            for (var i = 0; i < OutputCategories.Count; i++)
            {
                if (_actions[i] is FilterAction.Redact or FilterAction.Block)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether any category makes reviews.</summary>
    public bool MakesReviews
    {
        get
        {
            for (var i = 0; i < OutputCategories.Count; i++)
            {
                if (IsReviewed((OutputCategory)i))
                {
                    return true;
                }
            }

            return false;
        }
    }

    public FilterAction this[OutputCategory category] => _actions[(int)category];

    public bool Wants(OutputCategory category) => _actions[(int)category] != FilterAction.Off;

    /// <summary>
    /// Whether a match is queued for review. Personal data and secrets are only counted: they are common, and there is nothing to decide.
    /// </summary>
    public bool IsReviewed(OutputCategory category) =>
        (category == OutputCategory.Blocklist || !category.HasSpan()) && (this[category] is FilterAction.Flag or FilterAction.Block);

    [InlineArray(OutputCategories.Count)]
    private struct PerCategory
    {
        private FilterAction _first;
    }
}
