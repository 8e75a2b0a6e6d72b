using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RequestBody;
using static AiFunctions.Gateway.RequestBody.FieldRules;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>Checks a chat completion request's known fields. Fields that it does not know pass.</summary>
internal static class ChatRequestRules
{
    /// <summary>The longest name of a model, a function or a participant, and the longest id, in characters. OpenAI takes 64 for most.</summary>
    public const int LongestName = 256;

    private const int MostChoices = 128;
    private const int MostStops = 64;
    private const int MostModalities = 16;

    private static readonly FieldNames RequestNames = new(
        "model", "messages", "stream", "stream_options", "n", "max_tokens", "max_completion_tokens", "tools", "tool_choice", "functions",
        "function_call", "response_format", "stop", "user", "metadata", "prediction", "documents");

    private static readonly FieldNames StreamOptionNames = new("include_usage");

    private static readonly string[] Numbers = ["temperature", "top_p", "presence_penalty", "frequency_penalty"];
    private static readonly string[] Booleans = ["stream", "logprobs", "store", "parallel_tool_calls"];
    private static readonly string[] Texts = ["user", "reasoning_effort", "service_tier", "verbosity"];
    private static readonly string[] Objects = ["response_format", "stream_options", "logit_bias", "metadata", "prediction", "audio"];

    /// <summary>Finds the first field that is missing or not what it must be.</summary>
    /// <returns>The error that names it; null when all is well.</returns>
    public static GatewayError? Check(JsonElement request) =>
        CheckNames(RequestNames, request, "")
        ?? CheckName(request, "", "model", LongestName, isRequired: true)
        ?? ChatMessageRules.Check(request)
        ?? CheckKinds(request, "", Numbers, "must be a number", JsonValueKind.Number)
        ?? CheckKinds(request, "", Booleans, "must be true or false", JsonValueKind.True, JsonValueKind.False)
        ?? CheckTexts(request, "", Texts)
        ?? CheckObjects(request, "", Objects)
        ?? CheckStop(request)
        ?? CheckList(request, "", "modalities", MostModalities, CheckText)
        ?? CheckInteger(request, "n", 1, MostChoices)
        ?? CheckInteger(request, "best_of", 1, MostChoices)
        ?? CheckInteger(request, "num_return_sequences", 1, MostChoices)
        ?? CheckInteger(request, "max_tokens", 1, int.MaxValue)
        ?? CheckInteger(request, "max_completion_tokens", 1, int.MaxValue)
        ?? CheckInteger(request, "top_logprobs", 0, int.MaxValue)
        ?? CheckInteger(request, "seed", long.MinValue, long.MaxValue)
        ?? CheckStreamOptions(request)
        ?? CheckLogitBias(request)
        ?? CheckResponseFormat(request)
        ?? ChatToolRules.Check(request);

    private static GatewayError? CheckStop(JsonElement request) =>
        TryGet(request, "stop", out var stop) && stop.ValueKind is not (JsonValueKind.String or JsonValueKind.Array)
            ? GatewayErrors.InvalidField("stop", "must be a text or a list of texts")
            : stop.ValueKind == JsonValueKind.Array ? CheckList(request, "", "stop", MostStops, CheckText) : null;

    private static GatewayError? CheckStreamOptions(JsonElement request) => TryGet(request, "stream_options", out var options)
        ? CheckKinds(options, "stream_options.", ["include_usage"], "must be true or false", JsonValueKind.True, JsonValueKind.False)
            ?? CheckNames(StreamOptionNames, options, "stream_options.")
        : null;

    private static GatewayError? CheckLogitBias(JsonElement request) =>
        TryGet(request, "logit_bias", out var bias) && bias.EnumerateObject().Any(token => token.Value.ValueKind != JsonValueKind.Number)
            ? GatewayErrors.InvalidField("logit_bias", "must have numbers only") // which token's it was is what the caller chose
            : null;

    private static GatewayError? CheckResponseFormat(JsonElement request) => TryGet(request, "response_format", out var format)
        ? CheckName(format, "response_format.", "type", LongestName, isRequired: true)
            ?? CheckObjects(format, "response_format.", "json_schema")
            ?? (TryGet(format, "json_schema", out var schema)
                ? CheckName(schema, "response_format.json_schema.", "name", LongestName, isRequired: false)
                    ?? CheckTexts(schema, "response_format.json_schema.", "description")
                    ?? CheckObjects(schema, "response_format.json_schema.", "schema")
                : null)
        : null;

    private static GatewayError? CheckText(JsonElement value, string path) => IsText(value) ? null : GatewayErrors.InvalidField(path, "must be a text");
}
