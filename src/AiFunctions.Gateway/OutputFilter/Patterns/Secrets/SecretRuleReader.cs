using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AiFunctions.Gateway.OutputFilter.Patterns.Secrets;

/// <summary>Reads a rule: <c>issuer, kind: shape conditions</c>.</summary>
/// <remarks>
/// The shape is text with runs in braces: <c>ghp_{a36}</c> is <c>ghp_</c> and 36 letters and digits, <c>{a20-24}</c> are 20 to 24, <c>{a20+}</c> at
/// least 20, <c>{guid}</c> is a GUID. Before <c>^</c> stands what is kept, <c>(a|b)</c> is either text. Conditions: <c>alone</c>, <c>inside</c>,
/// <c>digit</c>, <c>entropy=3.5</c>, <c>checksum=crc32</c>, <c>near=word|word</c>.
/// </remarks>
internal static class SecretRuleReader
{
    private const string Guid = "{H8}-{H4}-{H4}-{H4}-{H12}";
    private const int ShortestPrefix = 3;
    private const int Shortest = SecretRules.ShortestSecret;
    private const int Longest = 900;
    private const int MostAlternatives = 64;
    private const double LeastEntropyOfRuns = 3.5;

    private static readonly Lazy<IReadOnlyList<ShapePart>> GuidShape = new(() => ReadShape(Guid).Parts);

    /// <summary>Reads a rule.</summary>
    /// <param name="line">The rule.</param>
    /// <param name="rule">The rule, if it is one.</param>
    /// <param name="problem">What is wrong with it, as the end of a sentence that begins with its name.</param>
    public static bool TryRead(string line, [NotNullWhen(true)] out SecretRule? rule, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            rule = Read(line);
            problem = null;
            return true;
        }
        catch (FormatException e)
        {
            rule = null;
            problem = e.Message;
            return false;
        }
    }

    /// <summary>Reads a rule that is known to be one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static SecretRule Read(string line)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        var words = colon < 1 ? [] : line[(colon + 2)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Require(words.Length > 0, "must be \"issuer: shape conditions\"");
        var name = line[..colon].Split(", ", 2, StringSplitOptions.TrimEntries);
        var rule = new SecretRule { Issuer = name[0], Kind = name.Length > 1 ? name[1] : "", Shapes = [.. Alternatives(words[0]).Select(ReadShape)] };
        foreach (var word in words[1..])
        {
            rule = ReadCondition(rule, word);
        }

        var startsWithRun = rule.Shapes.Any(shape => shape.Prefix.Length == 0);
        var isTold = rule.WordsBefore.Count > 0 || (rule.NeedsDigit && rule.Entropy >= LeastEntropyOfRuns);
        Require(isTold || !rule.Shapes.Any(IsCommon), "must have a text in its shape, near=, or digit and entropy=3.5 or more");
        Require(!rule.MayStandInside || startsWithRun, "can have inside only if its shape begins with a run");
        return rule with
        {
            StandsAlone = rule.StandsAlone || rule.Shapes.Any(shape => shape.Prefix.Length is > 0 and < ShortestPrefix),
            Entropy = rule.WordsBefore.Count > 0 ? Math.Max(rule.Entropy, SecretRule.LeastEntropyByWords) : rule.Entropy,
        };
    }

    private static SecretRule ReadCondition(SecretRule rule, string word)
    {
        var sign = word.IndexOf('=', StringComparison.Ordinal);
        var value = sign < 0 ? "" : word[(sign + 1)..];
        switch (sign < 0 ? word : word[..sign])
        {
            case "alone":
                return rule with { StandsAlone = true };
            case "inside":
                return rule with { MayStandInside = true };
            case "digit":
                return rule with { NeedsDigit = true };
            case "entropy" when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var entropy) && entropy <= 6:
                return rule with { Entropy = entropy };
            case "checksum" when value == "crc32":
                return rule with { Checksum = SecretChecksum.Crc32 };
            case "checksum" when value == "aif":
                return rule with { Checksum = SecretChecksum.OwnKey };
            case "near" when value.Length > 0:
                return rule with { WordsBefore = value.Replace('+', ' ').Split('|', StringSplitOptions.RemoveEmptyEntries) };
            default:
                throw new FormatException($"has an unknown condition {word}");
        }
    }

    // A run alone, or a GUID: hashes and public ids have that form, too.
    private static bool IsCommon(SecretShape shape) => shape.Parts.Count(part => !part.IsText && part.Alphabet.Letter != '=') is var runs
        && shape.Parts.All(part => !part.IsText || part.Text.AsSpan().Trim("-=").IsEmpty) && (runs == 1 || shape.Parts.SequenceEqual(GuidShape.Value));

    // (live|test) stands for two shapes.
    private static List<string> Alternatives(string shape)
    {
        var open = shape.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            return [shape];
        }

        var close = shape.IndexOf(')', open);
        Require(close > 0, "lacks a closing parenthesis");
        var rests = Alternatives(shape[(close + 1)..]);
        var all = shape[(open + 1)..close].Split('|').SelectMany(each => rests.Select(rest => shape[..open] + each + rest)).ToList();
        Require(all.Count <= MostAlternatives, $"must have at most {MostAlternatives} alternatives");
        return all;
    }

    private static SecretShape ReadShape(string shape)
    {
        var parts = new List<ShapePart>();
        var kept = 0;
        var rest = shape.Replace("{guid}", Guid, StringComparison.Ordinal);
        while (rest.Length > 0)
        {
            if (rest[0] == '^')
            {
                kept = parts.Count;
                rest = rest[1..];
                Require(kept > 0, "must have something before ^");
            }
            else if (rest[0] == '{')
            {
                var close = rest.IndexOf('}', StringComparison.Ordinal);
                Require(close > 2, "lacks a closing brace");
                parts.Add(ReadRun(rest[1..close]));
                rest = rest[(close + 1)..];
            }
            else
            {
                var end = rest.IndexOfAny(['{', '^']);
                end = end < 0 ? rest.Length : end;
                Require(!rest[..end].AsSpan().ContainsAnyExceptInRange('!', '~'), "must be of printable ASCII characters");
                parts.Add(ShapePart.Of(rest[..end]));
                rest = rest[end..];
            }
        }

        Check(parts, kept);
        return new SecretShape(parts, kept);
    }

    private static ShapePart ReadRun(string run)
    {
        Require(ShapeAlphabet.TryGet(run[0], out var alphabet), $"has an unknown alphabet in {{{run}}}");
        var isOpen = run[^1] == '+';
        var counts = run[1..].TrimEnd('+').Split('-');
        var least = 0;
        var most = 0;
        var isRun = counts.Length <= 2 && TryCount(counts[0], out least) && TryCount(counts[^1], out most) && least <= most && (!isOpen || counts.Length == 1);
        Require(isRun, $"has a bad length in {{{run}}}");
        return new ShapePart(null, alphabet, least, isOpen ? ShapePart.Longest : most, isOpen);
    }

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count < ShapePart.Longest;

    private static void Check(List<ShapePart> parts, int kept)
    {
        Require(parts[0].IsText ? char.IsAsciiLetterOrDigit(parts[0].Text![0]) : parts[0].Alphabet!.Letter != '=', "must begin with a letter, a digit or a run");
        Require(kept == 0 || parts[0].IsText, "can have ^ only after text");
        for (var i = 0; i < parts.Count - 1; i++)
        {
            Require(!parts[i].IsOpen, "can have a run without bound at its end only");
            Require(
                parts[i].IsText || parts[i].Least == parts[i].Most || !parts[i].Alphabet!.Characters.Any(parts[i + 1].MayBeginWith),
                "must have a run of fixed length before what the run could hold, too");
        }

        var (least, most) = (parts.Sum(part => part.Least), parts.Sum(part => part.Most));
        Require(least >= Shortest, $"must be of at least {Shortest} characters");
        Require(most <= Longest, $"must be decided within {Longest} characters");
        Require(
            parts[0].IsText || BeginsWithTokenCharacters(parts),
            $"must have none but letters, digits and _-.+/=~%:|!@ in the first {Shortest} characters if it begins with a run");
    }

    private static bool BeginsWithTokenCharacters(List<ShapePart> parts)
    {
        var count = 0;
        foreach (var part in parts)
        {
            if (count < Shortest && part.IsText && part.Text.AsSpan(0, Math.Min(part.Text.Length, Shortest - count)).ContainsAnyExcept(SecretRules.RunStart))
            {
                return false;
            }

            count += part.Least;
        }

        return true;
    }

    private static void Require([DoesNotReturnIf(false)] bool holds, string problem)
    {
        if (!holds)
        {
            throw new FormatException(problem);
        }
    }
}
