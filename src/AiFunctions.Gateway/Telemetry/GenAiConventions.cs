using AiFunctions.Gateway.Upstreams;

namespace AiFunctions.Gateway.Telemetry;

/// <summary>What OpenTelemetry's semantic conventions for generative AI call our operations and upstreams.</summary>
internal static class GenAiConventions
{
    public const string OperationName = "gen_ai.operation.name";
    public const string ProviderName = "gen_ai.provider.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string TokenType = "gen_ai.token.type";
    public const string ErrorType = "error.type";

    /// <summary>The convention's name of an operation; null for one that asks no model.</summary>
    /// <param name="operation">The name as in <see cref="Operations.GatewayOperation.Name"/>.</param>
    public static string? OperationOf(string? operation) => operation switch
    {
        "ChatCompletions" or "Responses" or "CreateResponse" or "Messages" or "CreateMessage" => "chat",
        "Completions" => "text_completion",
        "Embeddings" => "embeddings",
        "Moderations" => "moderation",
        _ => null,
    };

    /// <summary>The convention's name of a kind of upstream. A server with OpenAI's API speaks <c>openai</c>, whoever runs it.</summary>
    public static string ProviderOf(UpstreamKind kind) => kind switch
    {
        UpstreamKind.OpenAI => "openai",
        UpstreamKind.AzureOpenAI => "azure.ai.openai",
        UpstreamKind.Simulator => "aifunctions.simulator",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
