using AiFunctions.Gateway.InputGuard.PromptShields;
using AiFunctions.Gateway.InputGuard.Scoring;

namespace AiFunctions.Gateway.InputGuard;

/// <summary>How prompts are judged. Section <c>InputGuard</c>.</summary>
internal sealed class InputGuardOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "InputGuard";

    /// <summary>What is done about a suspicious prompt.</summary>
    public InputGuardMode Mode { get; set; } = InputGuardMode.Block;

    /// <summary>The score from which a prompt is suspicious, 0 to 1.</summary>
    public double FlagThreshold { get; set; } = GuardThresholds.Flag;

    /// <summary>The score from which a prompt is refused, from <see cref="FlagThreshold"/> to 1.</summary>
    public double BlockThreshold { get; set; } = GuardThresholds.Block;

    /// <summary>
    /// Whether the system and developer messages, the tools' definitions and the other fields that an application's own code writes
    /// go unjudged. Otherwise they are judged as the user's text is.
    /// </summary>
    public bool TrustSystemMessages { get; set; } = true;

    /// <summary>
    /// Whether the assistant's messages go unjudged. A caller can put anything there, so this is for applications
    /// that keep the conversation themselves.
    /// </summary>
    public bool TrustAssistantMessages { get; set; }

    /// <summary>
    /// Whether what is to be embedded is judged, as documents are: an order to a model in one would be read by the model that is given it later.
    /// </summary>
    public bool JudgeEmbeddings { get; set; } = true;

    /// <summary>The second opinion. Without an endpoint there is none.</summary>
    public PromptShieldsOptions PromptShields { get; set; } = new();
}
