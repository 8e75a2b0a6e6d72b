namespace AiFunctions.Gateway.Reviews;

/// <summary>What was found about a text.</summary>
/// <param name="Score">How sure the finding is, 0 to 1.</param>
/// <param name="Reasons">What spoke against the text: names in snake case, one each.</param>
/// <param name="Verdict">What was done about it.</param>
/// <param name="Characters">The text's length in UTF-16 code units.</param>
internal sealed record ReviewFinding(double Score, IReadOnlyList<string> Reasons, ReviewVerdict Verdict, int Characters);
