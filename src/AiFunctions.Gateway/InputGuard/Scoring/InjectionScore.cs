namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>How much a text looks like an attack.</summary>
/// <param name="Value">0 to 1, calibrated: of texts with this score about this share are attacks, where attacks and other texts are equally many.</param>
/// <param name="Reasons">What spoke for an attack.</param>
internal readonly record struct InjectionScore(float Value, InjectionReasons Reasons);
