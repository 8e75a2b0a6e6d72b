using System.Diagnostics.CodeAnalysis;

namespace AiFunctions.Gateway.OutputFilter.Patterns.Secrets;

/// <summary>A part of a secret's shape: a text, or a run of an alphabet's characters.</summary>
/// <param name="Text">The text; null for a run.</param>
/// <param name="Alphabet">The run's characters; null for a text.</param>
/// <param name="Least">How long it is at the least.</param>
/// <param name="Most">How long it is at the most; of an open one, how much is looked at before it is decided.</param>
/// <param name="IsOpen">Whether a run may go on without bound.</param>
internal sealed record ShapePart(string? Text, ShapeAlphabet? Alphabet, int Least, int Most, bool IsOpen = false)
{
    /// <summary>How much of an open run is looked at.</summary>
    public const int Longest = 512;

    /// <summary>Whether it is a text.</summary>
    [MemberNotNullWhen(true, nameof(Text))]
    [MemberNotNullWhen(false, nameof(Alphabet))]
    public bool IsText => Text is not null;

    /// <summary>A text.</summary>
    public static ShapePart Of(string text) => new(text, null, text.Length, text.Length);

    /// <summary>Whether it can begin with a character.</summary>
    public bool MayBeginWith(char c) => IsText ? Text[0] == c : Alphabet.Contains(c);
}
