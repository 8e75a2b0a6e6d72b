namespace AiFunctions.Gateway.InputGuard.Scoring.Features;

/// <summary>A stretch of letters that was judged as one.</summary>
/// <param name="Logit">How it was judged.</param>
/// <param name="Start">Its first letter.</param>
/// <param name="End">The letter after its last.</param>
/// <param name="Size">Which of <see cref="Model.WindowSizes"/> it is.</param>
internal readonly record struct Stretch(float Logit, int Start, int End, int Size);
