namespace AiFunctions.Gateway.Upstreams.Kinds;

/// <summary>Any server with OpenAI's API: OpenAI, Ollama, vLLM and many more.</summary>
internal sealed class OpenAIKind : UpstreamKind
{
    private const string OpenAIHost = "api.openai.com";

    // Azure OpenAI behind its v1 address, which takes what OpenAI takes.
    private static readonly string[] AzureHosts = [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com", ".openai.azure.us", ".openai.azure.cn"];

    /// <inheritdoc/>
    public override string Name => "OpenAI";

    /// <inheritdoc/>
    public override string ProviderName => "openai"; // whoever runs the server

    /// <inheritdoc/>
    public override OutputLimitField LimitField(UpstreamOptions options) =>
        IsOpenAI(options.BaseUrl!.IdnHost) || IsAzure(options.BaseUrl!.IdnHost) ? OutputLimitField.MaxCompletionTokens : OutputLimitField.MaxTokens;

    // OpenAI itself, in one of its regions.
    private static bool IsOpenAI(string host) =>
        host.Equals(OpenAIHost, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + OpenAIHost, StringComparison.OrdinalIgnoreCase);

    private static bool IsAzure(string host) => AzureHosts.Any(azure => host.EndsWith(azure, StringComparison.OrdinalIgnoreCase));
}
