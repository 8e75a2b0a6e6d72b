using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.Prompts;
using AiFunctions.Gateway.Upstreams.Simulator;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary><c>POST /v1/chat/completions</c>, in OpenAI's format.</summary>
internal sealed class ChatCompletionsApi : ModelApi
{
    /// <inheritdoc/>
    public override string Name => "ChatCompletions";

    /// <inheritdoc/>
    public override string Route => "/v1/chat/completions";

    /// <inheritdoc/>
    public override string Scope => "chat.completions";

    /// <inheritdoc/>
    public override string ModelOperation => "chat";

    /// <inheritdoc/>
    public override string UpstreamPath => Simulated.Path;

    /// <inheritdoc/>
    public override ISimulatedApi Simulated { get; } = new SimulatedChatApi();

    /// <inheritdoc/>
    public override AnswerFormat Answers { get; } = new ChatAnswerFormat();

    /// <inheritdoc/>
    public override GatewayError? Check(JsonElement request) => ChatRequestRules.Check(request);

    /// <inheritdoc/>
    public override void ReadPrompt(JsonElement request, IPromptVisitor visitor) => ChatPrompt.Read(request, visitor);

    /// <inheritdoc/>
    public override ModelRequest Outline(ReadOnlyMemory<byte> body, long mostOutputTokens) => new ChatRequest(body, mostOutputTokens);
}
