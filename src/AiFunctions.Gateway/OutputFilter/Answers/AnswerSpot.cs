namespace AiFunctions.Gateway.OutputFilter.Answers;

/// <summary>A value in an answer's JSON that may have to change.</summary>
internal struct AnswerSpot
{
    /// <summary>Its first byte.</summary>
    public int Start;

    /// <summary>Its length in bytes.</summary>
    public int Length;

    public AnswerSpotKind Kind;

    /// <summary>Whether it is a string with backslashes.</summary>
    public bool IsEscaped;

    public AnswerChoice? Choice;

    /// <summary>For text: which.</summary>
    public AnswerChannel? Channel;

    /// <summary>For text: what leaves in its place, as a range of the output characters.</summary>
    public int OutputStart;

    public int OutputLength;

    /// <summary>For the channel's last text in a choice's last event: what was held till then.</summary>
    public int HeldStart;

    public int HeldLength;

    /// <summary>For text: whether there is any.</summary>
    public bool HasText;

    /// <summary>Whether it leaves otherwise than it came.</summary>
    public bool IsChanged;
}
