namespace AiFunctions.Gateway.Tokens;

/// <summary>How large a prompt is.</summary>
/// <param name="Tokens">Not fewer than a model server will count.</param>
/// <param name="Characters">
/// UTF-16 code units of all texts in the messages. The data of images and audio is no text, nor are roles, types and ids of up to
/// 64 code units.
/// </param>
internal readonly record struct PromptSize(long Tokens, long Characters);
