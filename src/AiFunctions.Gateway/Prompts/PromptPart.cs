using System.Text.Json;

namespace AiFunctions.Gateway.Prompts;

/// <summary>One thing in a request that reaches the model, or may.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Origin">Who has written it.</param>
/// <param name="Value">The value; for <see cref="PromptPartKind.Turn"/>, <see cref="PromptPartKind.Break"/> and <see cref="PromptPartKind.Name"/> of no meaning.</param>
internal readonly record struct PromptPart(PromptPartKind Kind, TextOrigin Origin, JsonElement Value)
{
    /// <summary>What the string stands for when it is no text to the model.</summary>
    public PromptMedia Media { get; init; }

    /// <summary>Of a <see cref="PromptPartKind.Name"/>, how long it is in the bytes that it came in.</summary>
    public int NameLength { get; init; }

    /// <summary>Whether it was told before, as part of a whole member.</summary>
    public bool IsInMember { get; init; }
}
