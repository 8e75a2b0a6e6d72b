namespace AiFunctions.Gateway.OutputFilter.Patterns.Secrets;

/// <summary>
/// The rules of the gateway itself: a rule a line, then lines with made-up examples after <c>+</c> and near misses after <c>-</c>. Lines that begin
/// with <c>#</c> are for people. <c>¦</c> in an example stands for nothing: it keeps scanners from taking the file itself for a leak.
/// </summary>
internal static class SecretRuleFile
{
    private const string Resource = "AiFunctions.Gateway.OutputFilter.SecretRules.txt";
    private const char Nothing = '¦';

    /// <summary>Reads them.</summary>
    public static IReadOnlyList<SecretRule> Read()
    {
        using var stream = typeof(SecretRuleFile).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly lacks the resource {Resource}.");
        using var reader = new StreamReader(stream);
        var rules = new List<SecretRule>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var text = line.Length > 1 ? line[2..].Replace(Nothing.ToString(), "", StringComparison.Ordinal) : "";
            if (line[0] == '+')
            {
                rules[^1] = rules[^1] with { Examples = [.. rules[^1].Examples, text] };
            }
            else if (line[0] == '-')
            {
                rules[^1] = rules[^1] with { NearMisses = [.. rules[^1].NearMisses, text] };
            }
            else
            {
                rules.Add(SecretRuleReader.TryRead(line, out var rule, out var problem) ? rule : throw new InvalidOperationException($"{Resource}: \"{line}\" {problem}."));
            }
        }

        return rules;
    }
}
