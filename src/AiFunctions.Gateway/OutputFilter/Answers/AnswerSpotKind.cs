namespace AiFunctions.Gateway.OutputFilter.Answers;

/// <summary>What a value in an answer's JSON is.</summary>
internal enum AnswerSpotKind
{
    Text,
    FinishReason,
    Probabilities,
}
