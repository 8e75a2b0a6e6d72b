using AiFunctions.Gateway.InputGuard.Scoring;

namespace AiFunctions.Gateway.InputGuard;

/// <summary>What the guard has found about a request, for its record. A feature of the request; the caller is never told.</summary>
/// <param name="Score">The highest score of its texts, 0 to 1.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Reasons">What speaks for an attack in any of its texts.</param>
internal sealed record GuardVerdict(float Score, GuardOutcome Outcome, InjectionReasons Reasons);
