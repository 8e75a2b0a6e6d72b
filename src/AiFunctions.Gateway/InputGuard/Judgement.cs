using AiFunctions.Gateway.InputGuard.PromptShields;
using AiFunctions.Gateway.InputGuard.Scoring;

namespace AiFunctions.Gateway.InputGuard;

/// <summary>What is known about a text: our own score, and the second opinion if there is one.</summary>
internal readonly record struct Judgement(InjectionScore Score, ShieldOpinion Opinion = ShieldOpinion.None);
