namespace AiFunctions.Gateway.InputGuard.Scoring.Model;

/// <summary>
/// The stretches of text that are judged as one. A text is as suspect as its worst stretch, so that nothing is diluted by what stands around
/// it; the small stretch finds one sentence, the large ones find what shows only over several.
/// </summary>
internal static class WindowSizes
{
    /// <summary>How many sizes there are.</summary>
    public const int Count = 3;

    private const int LeastLetters = 16;

    /// <summary>The sizes, in letters.</summary>
    public static ReadOnlySpan<int> Letters => [40, 120, 360];

    /// <summary>What the sum over a stretch is divided by.</summary>
    /// <param name="letters">The stretch's length.</param>
    public static float Norm(int letters) => MathF.Sqrt(Math.Max(letters, LeastLetters));
}
