using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.Prompts;
using AiFunctions.Gateway.Upstreams.Simulator;

namespace AiFunctions.Gateway.Apis.Embeddings;

/// <summary><c>POST /v1/embeddings</c>, in OpenAI's format.</summary>
internal sealed class EmbeddingsApi : ModelApi
{
    /// <inheritdoc/>
    public override string Name => "Embeddings";

    /// <inheritdoc/>
    public override string Route => "/v1/embeddings";

    /// <inheritdoc/>
    public override string Scope => "embeddings";

    /// <inheritdoc/>
    public override string ModelOperation => "embeddings";

    /// <inheritdoc/>
    public override string UpstreamPath => Simulated.Path;

    /// <inheritdoc/>
    public override ISimulatedApi Simulated { get; } = new SimulatedEmbeddings();

    /// <summary>None: answers hold numbers, and can be of a hundred megabytes.</summary>
    public override AnswerFormat? Answers => null;

    /// <inheritdoc/>
    public override bool IsJudged(InputGuardOptions options) => options.JudgeEmbeddings;

    /// <inheritdoc/>
    public override GatewayError? Check(JsonElement request) => EmbeddingsRules.Check(request);

    /// <inheritdoc/>
    public override void ReadPrompt(JsonElement request, IPromptVisitor visitor) => EmbeddingsPrompt.Read(request, visitor);

    /// <inheritdoc/>
    public override ModelRequest Outline(ReadOnlyMemory<byte> body, long mostOutputTokens) => new EmbeddingsRequest(body);

    /// <inheritdoc/>
    public override (long Used, long Prompt) ReadUsage(ReadOnlySpan<byte> usage) => usage.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] ? OpenAIUsage.Read(usage) : default;
}
