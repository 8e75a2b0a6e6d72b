namespace AiFunctions.Gateway.OutputFilter.Wire;

/// <summary>What a value in an answer's JSON is.</summary>
internal enum AnswerSpotKind
{
    Text,
    FinishReason,
    Probabilities,
}
