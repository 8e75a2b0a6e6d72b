namespace AiFunctions.HarmTraining;

/// <summary>A text to learn from or to measure with.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsDangerous">Whether it tells how to do harm.</param>
/// <param name="IsMalicious">Whether it is malicious code.</param>
/// <param name="Family">The kind of harm, or of harmless text.</param>
/// <param name="Set">What it is, for the tables.</param>
internal sealed record Passage(string Text, bool IsDangerous, bool IsMalicious, string Family, string Set);
