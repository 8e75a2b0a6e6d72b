using System.Globalization;
using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RequestBody;
using static AiFunctions.Gateway.RequestBody.FieldRules;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>Checks the messages of a chat completion request.</summary>
internal static class ChatMessageRules
{
    /// <summary>How many messages there may be, as many as OpenAI takes.</summary>
    public const int MostMessages = 2048;

    /// <summary>How many parts a message may have.</summary>
    public const int MostParts = 2048;

    /// <summary>How many tools one message may call.</summary>
    public const int MostToolCalls = 128;

    private static readonly FieldNames MessageNames = new("role", "content", "name", "tool_calls", "tool_call_id", "function_call", "refusal");
    private static readonly FieldNames PartNames = new("type", "text", "image_url", "input_audio", "file", "refusal");
    private static readonly FieldNames ToolCallNames = new("id", "type", "function", "custom");
    private static readonly FieldNames FunctionNames = new("name", "arguments", "input");
    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool", "function"];

    public static GatewayError? Check(JsonElement request)
    {
        if (!TryGet(request, "messages", out var messages) || messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() is 0 or > MostMessages)
        {
            return GatewayErrors.InvalidField("messages", string.Create(CultureInfo.InvariantCulture, $"must be a list of 1 to {MostMessages} messages"));
        }

        return CheckList(request, "", "messages", MostMessages, CheckMessage);
    }

    private static GatewayError? CheckMessage(JsonElement message, string path)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return GatewayErrors.InvalidField(path, "must be an object");
        }

        path += ".";
        if (!message.TryGetProperty("role", out var role) || !IsText(role) || !Roles.Contains(role.GetString(), StringComparer.Ordinal))
        {
            return GatewayErrors.InvalidField(path + "role", $"must be one of {string.Join(", ", Roles)}");
        }

        return CheckNames(MessageNames, message, path)
            ?? CheckName(message, path, "name", ChatRequestRules.LongestName, isRequired: false)
            ?? CheckName(message, path, "tool_call_id", ChatRequestRules.LongestName, isRequired: false, least: 0) // some servers give out empty ones
            ?? CheckContent(message, path, MayBeEmpty(role))
            ?? CheckTexts(message, path, "refusal")
            ?? CheckList(message, path, "tool_calls", MostToolCalls, CheckToolCall)
            ?? CheckObjects(message, path, "function_call", "audio")
            ?? (TryGet(message, "function_call", out var call) ? CheckFunction(call, path + "function_call.") : null);
    }

    // An assistant's message may hold tool calls in place of text, and a tool may have nothing to say.
    private static bool MayBeEmpty(JsonElement role) => role.ValueEquals("assistant"u8) || role.ValueEquals("tool"u8) || role.ValueEquals("function"u8);

    private static GatewayError? CheckContent(JsonElement message, string path, bool mayBeEmpty)
    {
        var isGiven = TryGet(message, "content", out var content);
        if (isGiven ? content.ValueKind == JsonValueKind.String : mayBeEmpty)
        {
            return null;
        }

        return content.ValueKind == JsonValueKind.Array && (mayBeEmpty || content.GetArrayLength() > 0)
            ? CheckList(message, path, "content", MostParts, CheckPart)
            : GatewayErrors.InvalidField(path + "content", "must be a text or a list of parts");
    }

    private static GatewayError? CheckPart(JsonElement part, string path)
    {
        if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type", out var type) || !IsText(type))
        {
            return GatewayErrors.InvalidField(path, "must be an object with a type");
        }

        path += ".";
        return CheckNames(PartNames, part, path)
            ?? (type.ValueEquals("text"u8) ? Require(part, path, "text", "must be a text", JsonValueKind.String)
                : type.ValueEquals("refusal"u8) ? Require(part, path, "refusal", "must be a text", JsonValueKind.String)
                : type.ValueEquals("image_url"u8) ? CheckImage(part, path)
                : type.ValueEquals("input_audio"u8) ? CheckAudio(part, path)
                : type.ValueEquals("file"u8) ? CheckFile(part, path)
                : null);
    }

    // Some servers take the address itself in place of OpenAI's object.
    private static GatewayError? CheckImage(JsonElement part, string path) =>
        Require(part, path, "image_url", "must be an object with a url", JsonValueKind.Object, JsonValueKind.String)
        ?? (part.GetProperty("image_url") is { ValueKind: JsonValueKind.Object } image
            ? Require(image, path + "image_url.", "url", "must be a text", JsonValueKind.String)
                ?? CheckTexts(image, path + "image_url.", "detail")
            : null);

    private static GatewayError? CheckAudio(JsonElement part, string path) =>
        Require(part, path, "input_audio", "must be an object with data", JsonValueKind.Object)
        ?? Require(part.GetProperty("input_audio"), path + "input_audio.", "data", "must be a text", JsonValueKind.String)
        ?? CheckTexts(part.GetProperty("input_audio"), path + "input_audio.", "format");

    private static GatewayError? CheckFile(JsonElement part, string path) =>
        Require(part, path, "file", "must be an object", JsonValueKind.Object)
        ?? CheckTexts(part.GetProperty("file"), path + "file.", "file_data", "file_id", "filename");

    private static GatewayError? CheckToolCall(JsonElement call, string path)
    {
        if (call.ValueKind != JsonValueKind.Object)
        {
            return GatewayErrors.InvalidField(path, "must be an object");
        }

        path += ".";
        return CheckNames(ToolCallNames, call, path)
            ?? CheckName(call, path, "id", ChatRequestRules.LongestName, isRequired: false, least: 0)
            ?? CheckName(call, path, "type", ChatRequestRules.LongestName, isRequired: false)
            ?? CheckObjects(call, path, "function", "custom")
            ?? (TryGet(call, "function", out var function) ? CheckFunction(function, path + "function.") : null)
            ?? (TryGet(call, "custom", out var custom) ? CheckFunction(custom, path + "custom.") : null);
    }

    private static GatewayError? CheckFunction(JsonElement function, string path) =>
        CheckNames(FunctionNames, function, path)
        ?? CheckName(function, path, "name", ChatRequestRules.LongestName, isRequired: true)
        ?? CheckTexts(function, path, "arguments", "input");

    private static GatewayError? Require(JsonElement value, string path, string name, string rule, params ReadOnlySpan<JsonValueKind> kinds) =>
        TryGet(value, name, out var field) && kinds.Contains(field.ValueKind) ? null : GatewayErrors.InvalidField(path + name, rule);
}
