using System.Globalization;
using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RequestBody;

namespace AiFunctions.Gateway.Chat;

/// <summary>Checks a chat completion request's known fields. Fields that it does not know pass.</summary>
internal static class ChatRequestRules
{
    private const int MostChoices = 128;
    private const int LongestModelName = 256;
    private static readonly FieldNames RequestNames = new(
        "model", "messages", "stream", "stream_options", "n", "max_tokens", "max_completion_tokens", "tools", "tool_choice", "functions",
        "function_call", "response_format", "stop", "user", "metadata");

    private static readonly FieldNames MessageNames = new("role", "content", "name", "tool_calls", "tool_call_id", "function_call", "refusal");
    private static readonly FieldNames PartNames = new("type", "text", "image_url", "input_audio", "file");
    private static readonly FieldNames ToolNames = new("type", "function", "name", "description", "parameters");
    private static readonly FieldNames StreamOptionNames = new("include_usage");

    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool", "function"];

    private static readonly string[] Numbers = ["temperature", "top_p", "presence_penalty", "frequency_penalty"];
    private static readonly string[] Booleans = ["stream", "logprobs", "store", "parallel_tool_calls"];
    private static readonly string[] Texts = ["user", "reasoning_effort", "service_tier"];
    private static readonly string[] Objects = ["response_format", "stream_options", "logit_bias", "metadata"];
    private static readonly string[] Arrays = ["tools", "functions"];

    /// <summary>Finds the first field that is missing or not what it must be.</summary>
    /// <returns>The error that names it; null when all is well.</returns>
    public static GatewayError? Check(JsonElement request)
    {
        if (LookAlike(RequestNames, request, "") is { } lookAlike)
        {
            return lookAlike;
        }

        if (!request.TryGetProperty("model", out var model) || !IsText(model) || model.GetString() is not { Length: > 0 and <= LongestModelName })
        {
            return GatewayErrors.InvalidField("model", "must be the name of a model");
        }

        if (!request.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
        {
            return GatewayErrors.InvalidField("messages", "must be a list of at least one message");
        }

        return CheckMessages(messages)
            ?? CheckKinds(request, Numbers, "must be a number", JsonValueKind.Number)
            ?? CheckKinds(request, Booleans, "must be true or false", JsonValueKind.True, JsonValueKind.False)
            ?? CheckKinds(request, Texts, "must be a text", JsonValueKind.String)
            ?? CheckKinds(request, Objects, "must be an object", JsonValueKind.Object)
            ?? CheckKinds(request, Arrays, "must be a list", JsonValueKind.Array)
            ?? CheckKinds(request, ["stop"], "must be a text or a list of texts", JsonValueKind.String, JsonValueKind.Array)
            ?? CheckKinds(request, ["tool_choice"], "must be a text or an object", JsonValueKind.String, JsonValueKind.Object)
            ?? CheckInteger(request, "n", 1, MostChoices)
            ?? CheckInteger(request, "max_tokens", 1, int.MaxValue)
            ?? CheckInteger(request, "max_completion_tokens", 1, int.MaxValue)
            ?? CheckInteger(request, "top_logprobs", 0, int.MaxValue)
            ?? CheckInteger(request, "seed", long.MinValue, long.MaxValue)
            ?? CheckStreamOptions(request)
            ?? CheckTools(request);
    }

    private static GatewayError? CheckMessages(JsonElement messages)
    {
        var i = 0;
        foreach (var message in messages.EnumerateArray())
        {
            if (message.ValueKind != JsonValueKind.Object)
            {
                return At(i, "", "must be an object");
            }

            if (!message.TryGetProperty("role", out var role) || !IsText(role) || !Roles.Contains(role.GetString(), StringComparer.Ordinal))
            {
                return At(i, ".role", $"must be one of {string.Join(", ", Roles)}");
            }

            if ((LookAlike(MessageNames, message, string.Create(CultureInfo.InvariantCulture, $"messages[{i}].")) ?? CheckContent(message, i)) is { } error)
            {
                return error;
            }

            i++;
        }

        return null;
    }

    private static GatewayError? CheckContent(JsonElement message, int i)
    {
        // An assistant's message may hold tool calls in place of text.
        if (!message.TryGetProperty("content", out var content) || content.ValueKind == JsonValueKind.Null)
        {
            return message.GetProperty("role").ValueEquals("assistant"u8) ? null : At(i, ".content", "must be a text or a list of parts");
        }

        if (content.ValueKind == JsonValueKind.String)
        {
            return null;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            return At(i, ".content", "must be a text or a list of parts");
        }

        var p = 0;
        foreach (var part in content.EnumerateArray())
        {
            if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type", out var type) || !IsText(type))
            {
                return At(i, string.Create(CultureInfo.InvariantCulture, $".content[{p}]"), "must be an object with a type");
            }

            if (LookAlike(PartNames, part, string.Create(CultureInfo.InvariantCulture, $"messages[{i}].content[{p}].")) is { } lookAlike)
            {
                return lookAlike;
            }

            if (type.ValueEquals("text"u8) && !(part.TryGetProperty("text", out var text) && IsText(text)))
            {
                return At(i, string.Create(CultureInfo.InvariantCulture, $".content[{p}].text"), "must be a text");
            }

            p++;
        }

        return null;
    }

    private static GatewayError? CheckStreamOptions(JsonElement request)
    {
        if (!request.TryGetProperty("stream_options", out var options) || options.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return CheckKinds(options, ["include_usage"], "", JsonValueKind.True, JsonValueKind.False) is not null
            ? GatewayErrors.InvalidField("stream_options.include_usage", "must be true or false")
            : LookAlike(StreamOptionNames, options, "stream_options.");
    }

    private static GatewayError? LookAlike(FieldNames names, JsonElement value, string path) =>
        names.FindLookAlike(value) is { } name ? GatewayErrors.InvalidField(path + name, "must be written exactly so, in small letters") : null;

    private static GatewayError? CheckTools(JsonElement request)
    {
        if (!request.TryGetProperty("tools", out var tools) || tools.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var i = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            if (tool.ValueKind != JsonValueKind.Object || !tool.TryGetProperty("type", out var type) || !IsText(type))
            {
                return GatewayErrors.InvalidField(string.Create(CultureInfo.InvariantCulture, $"tools[{i}]"), "must be an object with a type");
            }

            if (LookAlike(ToolNames, tool, string.Create(CultureInfo.InvariantCulture, $"tools[{i}].")) is { } lookAlike)
            {
                return lookAlike;
            }

            if (type.ValueEquals("function"u8)
                && !(tool.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object
                    && function.TryGetProperty("name", out var name) && IsText(name)))
            {
                return GatewayErrors.InvalidField(string.Create(CultureInfo.InvariantCulture, $"tools[{i}].function"), "must be an object with a name");
            }

            i++;
        }

        return null;
    }

    private static GatewayError? CheckInteger(JsonElement request, string name, long least, long largest) =>
        !request.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= largest)
            ? null
            : GatewayErrors.InvalidField(name, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {least} to {largest}"));

    private static GatewayError? CheckKinds(JsonElement request, string[] names, string rule, params ReadOnlySpan<JsonValueKind> kinds)
    {
        foreach (var name in names)
        {
            if (request.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null && !kinds.Contains(value.ValueKind))
            {
                return GatewayErrors.InvalidField(name, rule);
            }
        }

        return null;
    }

    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    private static GatewayError At(int message, string field, string rule) =>
        GatewayErrors.InvalidField(string.Create(CultureInfo.InvariantCulture, $"messages[{message}]{field}"), rule);
}
