using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.Prompts;
using AiFunctions.Gateway.Upstreams.Kinds;
using AiFunctions.Gateway.Upstreams.Simulator;

namespace AiFunctions.Gateway.Inference;

/// <summary>
/// All that one operation of a model has of its own: its address and its wire format. <see cref="ModelCall"/> does the rest, the same for each.
/// One object for all requests.
/// </summary>
internal abstract class ModelApi
{
    /// <summary>The operation's name, which is also its function's name.</summary>
    public abstract string Name { get; }

    /// <summary>The route template with its leading slash.</summary>
    public abstract string Route { get; }

    /// <summary>What a client must have among its <c>scopes</c>, when it has any.</summary>
    public abstract string Scope { get; }

    /// <summary>What OpenTelemetry's conventions for generative AI call the operation.</summary>
    public abstract string ModelOperation { get; }

    /// <summary>The path below an upstream's address, without a leading slash.</summary>
    public abstract string UpstreamPath { get; }

    /// <summary>How the built-in model answers.</summary>
    public abstract ISimulatedApi Simulated { get; }

    /// <summary>Where the texts of an answer are, and what else there is to know of it; null when it has no text, and so passes as it comes, however long it is.</summary>
    public abstract AnswerFormat? Answers { get; }

    /// <summary>How its clients read errors.</summary>
    public virtual ErrorShape Errors => ErrorShape.OpenAI;

    /// <summary>Whether an upstream of a kind has this operation.</summary>
    public virtual bool IsServedBy(UpstreamKind kind) => true;

    /// <summary>Whether what a request brings to the model is judged.</summary>
    public virtual bool IsJudged(InputGuardOptions options) => true;

    /// <summary>Of answers without text: the member that reports usage.</summary>
    public virtual string UsageMember => "usage";

    /// <summary>Of answers without text: the member without which an object is no answer.</summary>
    public virtual string AnswerMember => "data";

    /// <summary>Of answers without text: the tokens that their usage reports, and those of the prompt among them; zeros when it reports none.</summary>
    /// <param name="usage">The value of <see cref="UsageMember"/>; empty when there was none.</param>
    public virtual (long Used, long Prompt) ReadUsage(ReadOnlySpan<byte> usage) => default;

    /// <summary>Finds the first field of a request that is missing or not what it must be.</summary>
    /// <param name="request">A JSON object.</param>
    /// <returns>The error that names it; null when all is well.</returns>
    public abstract GatewayError? Check(JsonElement request);

    /// <summary>The model that a request names.</summary>
    /// <param name="request">A request that <see cref="Check"/> has passed.</param>
    public virtual string ModelOf(JsonElement request) => request.GetProperty("model"u8).GetString()!;

    /// <summary>The end user whom a request names; null when it names none.</summary>
    /// <param name="request">A request that <see cref="Check"/> has passed.</param>
    public virtual string? EndUserOf(JsonElement request)
    {
        return Text(request, "safety_identifier"u8) ?? Text(request, "user"u8)
            ?? (request.TryGetProperty("metadata"u8, out var metadata) && metadata.ValueKind == JsonValueKind.Object ? Text(metadata, "user_id"u8) : null);

        static string? Text(JsonElement parent, ReadOnlySpan<byte> name) =>
            parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
    }

    /// <summary>Tells what a request brings to the model: every string that may reach it, by who has written it.</summary>
    /// <param name="request">A request that <see cref="Check"/> has passed.</param>
    /// <param name="visitor">Is told.</param>
    public abstract void ReadPrompt(JsonElement request, IPromptVisitor visitor);

    /// <summary>Prepares a request for upstreams.</summary>
    /// <param name="body">The caller's bytes: a JSON object that <see cref="Check"/> has passed.</param>
    /// <param name="mostOutputTokens">The most tokens of one answer choice.</param>
    public abstract ModelRequest Outline(ReadOnlyMemory<byte> body, long mostOutputTokens);
}
