using AiFunctions.Gateway.InputGuard.Scoring;

namespace AiFunctions.Gateway.Tests.InputGuard.Scoring;

/// <summary>The shipped model, loaded once.</summary>
internal static class ScorerFixture
{
    public static InjectionScorer Scorer { get; } = InjectionScorer.Load();

    public static bool IsRefused(string text, TextSource source) => Scorer.Score(text, source).Value >= GuardThresholds.Block;

    public static bool IsFlagged(string text, TextSource source) => Scorer.Score(text, source).Value >= GuardThresholds.Flag;
}
