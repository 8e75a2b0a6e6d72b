using AiFunctions.Gateway.ContentSafety;

namespace AiFunctions.Gateway.OutputFilter.SecondOpinion;

/// <summary>A second opinion on doubtful answers from Azure AI Content Safety. Section <c>OutputFilter:ContentSafety</c>.</summary>
internal sealed class OutputContentSafetyOptions : ContentSafetyOptions
{
    /// <summary>From which of the service's severities (2 low, 4 medium, 6 high) a passage is dangerous.</summary>
    public int MinimumSeverity { get; set; } = 4;

    /// <summary>What is done when it fails.</summary>
    public OutputFailurePolicy OnFailure { get; set; } = OutputFailurePolicy.UseScore;
}
