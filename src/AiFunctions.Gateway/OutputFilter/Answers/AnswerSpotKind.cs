namespace AiFunctions.Gateway.OutputFilter.Answers;

/// <summary>What a value in an answer's JSON is.</summary>
internal enum AnswerSpotKind
{
    /// <summary>A piece of a text.</summary>
    Text,

    /// <summary>A string that comes whole, or the name of a member.</summary>
    Whole,

    /// <summary>The reason for which a choice ended.</summary>
    FinishReason,

    /// <summary>Tokens with their probabilities.</summary>
    Probabilities,
}
