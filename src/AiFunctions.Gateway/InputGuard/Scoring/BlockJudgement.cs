namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>What was found in a block of a text.</summary>
/// <param name="Logit">The greatest logit of all stretches.</param>
/// <param name="Concepts">The concepts in that stretch.</param>
/// <param name="IsObfuscated">Whether that stretch had to be decoded, unmasked or turned round.</param>
/// <param name="IsGibberish">Whether it is hardly of any language.</param>
internal readonly record struct BlockJudgement(float Logit, ulong Concepts, bool IsObfuscated, bool IsGibberish);
