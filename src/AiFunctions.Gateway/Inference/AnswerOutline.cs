namespace AiFunctions.Gateway.Inference;

/// <summary>What an answer, or an event of a streamed one, is, and what it says about tokens.</summary>
internal readonly record struct AnswerOutline
{
    /// <summary>Whether it is part of an answer, and no sign of life, no report and nothing else that may come in between.</summary>
    public bool IsAnswer { get; init; }

    /// <summary>Whether it reports a failure in place of an answer, or is of another format.</summary>
    public bool IsFailure { get; init; }

    /// <summary>Tokens that it reports as used so far; null when it reports none.</summary>
    public long? Used { get; init; }

    /// <summary>Those of the prompt among them; 0 when it does not say.</summary>
    public long Prompt { get; init; }

    /// <summary>Whether it has a member for usage, if only null.</summary>
    public bool IsMentioned { get; init; }

    /// <summary>Whether it is the event that reports usage and nothing else.</summary>
    public bool IsAll { get; init; }

    /// <summary>Where the member for usage begins, with the comma that goes with it. Of several, the last.</summary>
    public int Start { get; init; }

    /// <summary>Where it ends.</summary>
    public int End { get; init; }

    /// <summary>The value that holds the texts.</summary>
    public JsonSpot Texts { get; init; }
}
