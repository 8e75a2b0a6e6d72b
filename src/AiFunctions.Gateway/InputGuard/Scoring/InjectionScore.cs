namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>How much a text looks like an attack.</summary>
/// <param name="Value">0 to 1. The scale is placed so that at 0.80 a set share of harmless texts is refused (docs/input-guard-model.md); it is no probability.</param>
/// <param name="Reasons">What spoke for an attack.</param>
internal readonly record struct InjectionScore(float Value, InjectionReasons Reasons);
