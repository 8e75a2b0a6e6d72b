using System.Buffers;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns.Secrets;

/// <summary>Shapes that begin with the same run, which is looked at once for all.</summary>
internal sealed class RunGroup
{
    /// <summary>How many signs a run may have before its first letter or digit.</summary>
    public const int MostLead = 3;

    /// <summary>How long a run is, without those signs, in all groups of long ones.</summary>
    public const int LongAtLeast = 16;

    /// <summary>What long runs are made of.</summary>
    public static readonly SearchValues<char> LongRun = SearchValues.Create(Long);

    private const string Long = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-";

    private readonly ShapeAlphabet _alphabet;
    private readonly int _least;
    private readonly RuleShape[] _shapes;

    private RunGroup(ShapePart first, IEnumerable<RuleShape> shapes)
    {
        _alphabet = first.Alphabet!;
        _least = first.Least;
        _shapes = [.. shapes];
        IsLong = _least >= LongAtLeast + MostLead && !_alphabet.Characters.AsSpan().ContainsAnyExcept(LongRun);
    }

    /// <summary>Whether a place can be passed over when no long run begins there.</summary>
    public bool IsLong { get; }

    /// <summary>Groups shapes.</summary>
    public static RunGroup[] Of(IEnumerable<RuleShape> shapes) =>
        [.. shapes.GroupBy(each => each.Shape.Parts[0]).Select(group => new RunGroup(group.Key, group))];

    /// <summary>Finds the longest of them at the cursor.</summary>
    /// <param name="text">The text.</param>
    /// <param name="match">The longest found yet.</param>
    public void Match(ref TextCursor text, ref PatternMatch match)
    {
        var lead = SecretShape.Lead(ref text, _alphabet);
        if (lead < 0 || text.RunLength(_alphabet.Values, 0, Math.Max(0, _least - lead)) < _least - lead)
        {
            return;
        }

        foreach (var each in _shapes)
        {
            if (each.Shape.TryMatch(ref text, lead, each.Rule, out var found) && found.Length > match.Length)
            {
                match = found;
            }
        }
    }
}
