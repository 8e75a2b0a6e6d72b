using System.Buffers;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns.Secrets;

/// <summary>
/// All rules, so arranged that a place in a text costs the same however many there are: those that begin with a text are the leaves of a trie over
/// those texts, those that begin with a run are grouped by it.
/// </summary>
internal sealed class SecretRules
{
    /// <summary>The shortest secret that a rule can have.</summary>
    public const int ShortestSecret = 16;

    /// <summary>What a secret that begins with a run can have among its first characters.</summary>
    public static readonly SearchValues<char> RunStart = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.+/=~%:|!@");

    private readonly PrefixTrie _prefixes;
    private readonly PrefixTrie _prefixesInside;
    private readonly RunGroup[] _groups;
    private readonly RunGroup[] _groupsInside;

    /// <param name="rules">The rules.</param>
    public SecretRules(IEnumerable<SecretRule> rules)
    {
        All = [.. rules];
        var entries = All.SelectMany(rule => rule.Shapes.Select(shape => new RuleShape(rule, shape))).ToList();
        var withPrefix = entries.Where(each => each.Shape.Prefix.Length > 0).ToList();
        _prefixes = new PrefixTrie(withPrefix);
        _prefixesInside = new PrefixTrie(withPrefix.Where(each => !each.Rule.StandsAlone));
        _groups = RunGroup.Of(entries.Where(each => each.Shape.Prefix.Length == 0));
        _groupsInside = RunGroup.Of(entries.Where(each => each.Shape.Prefix.Length == 0 && each.Rule.MayStandInside));
    }

    /// <summary>The rules of the gateway itself.</summary>
    public static SecretRules BuiltIn { get; } = new(SecretRuleFile.Read());

    /// <summary>The rules.</summary>
    public IReadOnlyList<SecretRule> All { get; }

    /// <summary>These and others.</summary>
    /// <param name="rules">The others, as <see cref="SecretRuleReader"/> reads them.</param>
    public SecretRules With(IEnumerable<string> rules)
    {
        var more = rules.Select(SecretRuleReader.Read).ToList();
        return more.Count == 0 ? this : new SecretRules([.. All, .. more]);
    }

    /// <summary>Whether the text that a secret within a word begins with stands at a place, as far as has come.</summary>
    public bool MayStartInside(ReadOnlySpan<char> text, int index) => _prefixesInside.MayStart(text, index);

    /// <summary>Finds the longest secret at the cursor.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isInside">Whether a letter or digit stands directly before.</param>
    /// <param name="match">Where it is.</param>
    public bool TryMatch(ref TextCursor text, bool isInside, out PatternMatch match)
    {
        match = default;
        (isInside ? _prefixesInside : _prefixes).Match(ref text, ref match);
        if (!isInside || CharClass.IsDigit(text[0]))
        {
            MatchRuns(ref text, isInside ? _groupsInside : _groups, ref match);
        }

        return match.Length > 0;
    }

    private static void MatchRuns(ref TextCursor text, RunGroup[] groups, ref PatternMatch match)
    {
        if (groups.Length == 0 || text.RunLength(RunStart, 0, ShortestSecret - RunGroup.MostLead) < ShortestSecret - RunGroup.MostLead)
        {
            return;
        }

        var isLong = text.RunLength(RunGroup.LongRun, 0, RunGroup.LongAtLeast) == RunGroup.LongAtLeast;
        foreach (var group in groups)
        {
            if (isLong || !group.IsLong)
            {
                group.Match(ref text, ref match);
            }
        }
    }
}
