using AiFunctions.Gateway.ContentSafety;

namespace AiFunctions.Gateway.InputGuard.PromptShields;

/// <summary>A second opinion from Azure AI Content Safety's Prompt Shields. Section <c>InputGuard:PromptShields</c>.</summary>
internal sealed class PromptShieldsOptions : ContentSafetyOptions
{
    /// <summary>What is done when it fails.</summary>
    public PromptShieldsFailurePolicy OnFailure { get; set; } = PromptShieldsFailurePolicy.UseScore;
}
