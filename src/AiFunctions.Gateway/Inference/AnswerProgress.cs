namespace AiFunctions.Gateway.Inference;

/// <summary>How far a streamed answer has come. One for each answer.</summary>
/// <remarks>
/// Some servers say with every event that the answer has ended. So the word of one that has said so before and went on counts for nothing, and
/// only the event that ends the stream tells that the answer is whole.
/// </remarks>
internal sealed class AnswerProgress
{
    private readonly List<Choice> _choices = new(1);

    /// <summary>Whether anything of the answer has come.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether all of it has come.</summary>
    public bool IsWhole => HasBegun && _choices.Count > 0 && _choices.TrueForAll(choice => choice is { HasEnded: true, WentOn: false });

    /// <summary>Part of the answer has come that belongs to no choice.</summary>
    public void Begin() => HasBegun = true;

    /// <summary>Part of a choice has come.</summary>
    /// <param name="index">Which.</param>
    /// <param name="hasText">Whether it has text.</param>
    /// <param name="ends">Whether it says that the choice ends here.</param>
    public void Note(int index, bool hasText, bool ends)
    {
        HasBegun = true;
        var at = _choices.FindIndex(choice => choice.Index == index);
        if (at < 0)
        {
            _choices.Add(new Choice(index, hasText, ends, false));
            return;
        }

        var known = _choices[at];
        _choices[at] = new Choice(index, known.HasText || hasText, known.HasEnded || ends, known.WentOn || (known.HasEnded && hasText));
    }

    /// <summary>Whether text of a choice has come.</summary>
    public bool HasText(int index) => _choices.Exists(choice => choice.Index == index && choice.HasText);

    private readonly record struct Choice(int Index, bool HasText, bool HasEnded, bool WentOn);
}
