using AiFunctions.Gateway.OutputFilter.Patterns.Secrets;

namespace AiFunctions.FilterEvaluation.Corpus;

/// <summary>Draws secrets that have the shape of a rule.</summary>
internal sealed class SecretGenerator(Random random)
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int MostMore = 12;

    /// <summary>What stands around a secret in answers: prose, an environment file, a JSON string, quotes of code, the end of a text.</summary>
    public static IReadOnlyList<(string Before, string After)> Surroundings { get; } =
    [
        ("You can use ", " for it. That is all."),
        ("export KEY=", "\nnext line"),
        ("{\"value\":\"", "\",\"n\":1}"),
        ("Call it with `", "` and wait."),
        ("It is ", ""),
    ];

    /// <summary>A text that ends in such a secret: with the words before it that the rule asks for.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="secret">The secret in it.</param>
    public string Next(SecretRule rule, out string secret)
    {
        while (true)
        {
            var shape = rule.Shapes[random.Next(rule.Shapes.Count)];
            var parts = shape.Parts.Select((part, i) => part.IsText ? part.Text : Run(part, i == shape.Parts.Count - 1)).ToList();
            secret = string.Concat(parts.Skip(shape.KeptParts));
            var drawn = string.Concat(parts.Where((_, i) => i > 0 || shape.Prefix.Length == 0));
            if (char.IsAsciiLetterOrDigit(drawn.Length > 0 ? drawn[^1] : 'a') || drawn.EndsWith('=') || !shape.Parts[^1].IsText)
            {
                var text = string.Concat(parts);
                if ((!rule.NeedsDigit || drawn.Any(char.IsAsciiDigit)) && SecretProof.Entropy(drawn) >= rule.Entropy && !SecretProof.IsStandIn(drawn))
                {
                    return rule.WordsBefore.Count == 0 ? text : $"{rule.WordsBefore[random.Next(rule.WordsBefore.Count)]} token: {text}";
                }
            }
        }
    }

    // Begins and ends with letters or digits, as the signs at a text's edge are punctuation.
    private string Run(ShapePart part, bool isLast)
    {
        var length = random.Next(part.Least, Math.Min(part.Most, part.Least + MostMore) + 1);
        var characters = random.GetItems<char>(part.Alphabet!.Characters, length);
        if (part.Alphabet.Letter != '=' && length > 0)
        {
            var edge = part.Alphabet.Characters.Where(Alphanumeric.Contains).ToArray();
            characters[0] = edge[random.Next(edge.Length)];
            if (isLast)
            {
                characters[^1] = edge[random.Next(edge.Length)];
            }
        }

        return new string(characters);
    }
}
