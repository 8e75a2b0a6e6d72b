using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns.Secrets;

/// <summary>
/// One way in which a secret can be written: parts after one another, of which only the last may be of any length. As no part but a run of fixed
/// length may begin with what the run before it is made of, each is decided without going back.
/// </summary>
internal sealed class SecretShape
{
    private const string Trailing = ".-/=%~+";
    private const int MostLead = RunGroup.MostLead;

    // Beside one of the issuer's words, so that a commit or an id in a text on the issuer is none.
    private static readonly string[] SecretWords = ["key", "token", "secret", "passw", "pwd", "auth", "credential", "bearer", "license"];

    private readonly ShapePart[] _parts;
    private readonly int _keptParts;

    /// <param name="parts">The parts.</param>
    /// <param name="keptParts">How many of the first of them are no part of the secret.</param>
    public SecretShape(IReadOnlyList<ShapePart> parts, int keptParts = 0)
    {
        _parts = [.. parts];
        _keptParts = keptParts;
        Prefix = parts[0].Text ?? "";
        Least = parts.Sum(part => part.Least);
        Most = parts.Sum(part => part.Most);
    }

    /// <summary>The parts.</summary>
    public IReadOnlyList<ShapePart> Parts => _parts;

    /// <summary>How many of the first parts are no part of the secret.</summary>
    public int KeptParts => _keptParts;

    /// <summary>The text that it begins with; empty when it begins with a run.</summary>
    public string Prefix { get; }

    /// <summary>How long it is at the least.</summary>
    public int Least { get; }

    /// <summary>How much of it is looked at, at the most.</summary>
    public int Most { get; }

    /// <summary>
    /// How many characters of the first run stand before the cursor already, because patterns start at letters and digits only; negative when
    /// the run begins still further before.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="first">The run's characters.</param>
    public static int Lead(ref TextCursor text, ShapeAlphabet first)
    {
        var before = text.Before;
        var lead = 0;
        while (lead < MostLead && lead < before.Length && before[^(lead + 1)] is var c && !char.IsAsciiLetterOrDigit(c) && first.Contains(c))
        {
            lead++;
        }

        return lead < before.Length && first.Contains(before[^(lead + 1)]) ? -1 : lead;
    }

    /// <summary>Finds it at the cursor.</summary>
    /// <param name="text">The text.</param>
    /// <param name="lead">How many characters of the first run stand before the cursor.</param>
    /// <param name="rule">What must hold besides.</param>
    /// <param name="match">Where it is.</param>
    public bool TryMatch(ref TextCursor text, int lead, SecretRule rule, out PatternMatch match)
    {
        match = default;
        var length = 0;
        var kept = 0;
        var tail = MatchTail.None;
        for (var i = 0; i < _parts.Length; i++)
        {
            var part = _parts[i];
            kept = i == _keptParts ? length : kept;
            if (part.IsText)
            {
                if (!text.HasAt(length, part.Text))
                {
                    return false;
                }

                length += part.Text.Length;
                continue;
            }

            var taken = i == 0 ? lead : 0;
            if (i < _parts.Length - 1)
            {
                var run = text.RunLength(part.Alphabet.Values, length, Math.Max(0, part.Most - taken));
                if (run < part.Least - taken)
                {
                    return false;
                }

                length += run;
            }
            else if (!TryMatchLast(ref text, part, taken, ref length, ref tail))
            {
                return false;
            }
        }

        if ((_parts[^1].IsText && CharClass.IsWord(text[length])) || !Holds(ref text, rule, kept, length))
        {
            return false;
        }

        match = new PatternMatch(length, kept, tail);
        return true;
    }

    private static bool TryMatchLast(ref TextCursor text, ShapePart part, int taken, ref int length, ref MatchTail tail)
    {
        var alphabet = part.Alphabet!;
        if (part.IsOpen)
        {
            var run = text.RunLength(alphabet.Values, length, ShapePart.Longest);
            if (run == ShapePart.Longest)
            {
                tail = MatchTail.Token;
            }
            else
            {
                run = text.Seen(length, run).TrimEnd(Trailing).Length;
            }

            length += run;
            return run >= part.Least - taken;
        }

        var most = part.Most - taken;
        var found = text.RunLength(alphabet.Values, length, most + 1);
        if (found > most)
        {
            // The full stop of a sentence.
            if (text[length + most] != '.' || alphabet.Contains(text[length + most + 1]))
            {
                return false;
            }

            found = most;
        }

        if (!alphabet.IsOfOneCase && CharClass.IsWord(text[length + found]))
        {
            return false;
        }

        found = part.Least == part.Most || alphabet.Letter == '=' ? found : text.Seen(length, found).TrimEnd(Trailing).Length;
        length += found;
        return found >= part.Least - taken;
    }

    private bool Holds(ref TextCursor text, SecretRule rule, int kept, int length)
    {
        var secret = text.Seen(kept, length - kept);
        var prefix = _keptParts > 0 ? 0 : Prefix.Length;
        if (SecretProof.IsRight(rule.Checksum, secret, prefix))
        {
            return true;
        }

        var drawn = secret[prefix..];
        return (!rule.NeedsDigit || drawn.ContainsAnyInRange('0', '9'))
            && SecretProof.Entropy(drawn) >= rule.Entropy
            && !SecretProof.IsStandIn(drawn)
            && (rule.WordsBefore.Count == 0 || IsTold(text.Before, text.Previous, rule.WordsBefore));
    }

    private static bool IsTold(ReadOnlySpan<char> before, char previous, IReadOnlyList<string> words) =>
        previous is not ('/' or '-' or '.' or '#' or '@' or '_' or '+' or '\\') && HasAny(before, words) && HasAny(before, SecretWords);

    private static bool HasAny(ReadOnlySpan<char> text, IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (text.Contains(words[i], StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
