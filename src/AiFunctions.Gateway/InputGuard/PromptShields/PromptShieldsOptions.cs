namespace AiFunctions.Gateway.InputGuard.PromptShields;

/// <summary>A second opinion from Azure AI Content Safety's Prompt Shields. Section <c>InputGuard:PromptShields</c>.</summary>
public sealed class PromptShieldsOptions
{
    internal const int ShortestTimeout = 50;
    internal const int LongestTimeout = 30_000;

    /// <summary>The resource's address, such as <c>https://NAME.cognitiveservices.azure.com</c>.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The resource's key. Without one the managed identity is used.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Whether it is asked; by default when there is an <see cref="Endpoint"/>.</summary>
    public bool? Enabled { get; set; }

    /// <summary>How long a request waits for it in all, in milliseconds, 50 to 30 000.</summary>
    public int TimeoutMilliseconds { get; set; } = 1000;

    /// <summary>What is done when it fails.</summary>
    public PromptShieldsFailurePolicy OnFailure { get; set; } = PromptShieldsFailurePolicy.UseScore;

    internal bool IsOn => Endpoint is not null && Enabled != false;
}
