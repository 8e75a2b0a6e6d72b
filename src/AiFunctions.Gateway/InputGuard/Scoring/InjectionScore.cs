namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>How much a text looks like an attack, 0 to 1, and what speaks for it.</summary>
internal readonly record struct InjectionScore(float Value, InjectionReasons Reasons);
