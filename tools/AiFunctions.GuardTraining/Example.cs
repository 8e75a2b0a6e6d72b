using AiFunctions.Gateway.InputGuard.Scoring;

namespace AiFunctions.GuardTraining;

/// <summary>A labelled text.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsAttack">The label.</param>
/// <param name="Source">Who it is taken to come from.</param>
/// <param name="Family">Where it is from; families are held out whole.</param>
/// <param name="Kind">What sort of text it is.</param>
/// <param name="Host">The family of the document that an attack was put into, if any.</param>
internal sealed record Example(string Text, bool IsAttack, TextSource Source, string Family, string Kind, string Host = "");
