namespace AiFunctions.Gateway.Upstreams;

/// <summary>What kind of model server an upstream is.</summary>
public enum UpstreamKind
{
    /// <summary>Any server with OpenAI's API: OpenAI, Ollama, vLLM and many more.</summary>
    OpenAI,

    /// <summary>Azure OpenAI's v1 endpoint, with a key or with a managed identity.</summary>
    AzureOpenAI,

    /// <summary>The model that is built in, for laptops and tests.</summary>
    Simulator,
}
