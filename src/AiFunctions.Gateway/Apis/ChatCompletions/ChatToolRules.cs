using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RequestBody;
using static AiFunctions.Gateway.RequestBody.FieldRules;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>Checks the tools of a chat completion request, and what it says about their use.</summary>
internal static class ChatToolRules
{
    /// <summary>How many tools there may be; OpenAI takes 128.</summary>
    public const int MostTools = 512;

    private static readonly FieldNames ToolNames = new("type", "function", "custom", "name", "description", "parameters");
    private static readonly FieldNames FunctionNames = new("name", "description", "parameters", "strict");

    public static GatewayError? Check(JsonElement request) =>
        CheckList(request, "", "tools", MostTools, CheckTool)
        ?? CheckList(request, "", "functions", MostTools, CheckFunction)
        ?? CheckChoice(request, "tool_choice")
        ?? CheckChoice(request, "function_call");

    private static GatewayError? CheckTool(JsonElement tool, string path)
    {
        if (tool.ValueKind != JsonValueKind.Object || !tool.TryGetProperty("type", out var type) || !IsText(type))
        {
            return GatewayErrors.InvalidField(path, "must be an object with a type");
        }

        if (CheckNames(ToolNames, tool, path + ".") is { } lookAlike)
        {
            return lookAlike;
        }

        var isFunction = type.ValueEquals("function"u8);
        if (isFunction || type.ValueEquals("custom"u8))
        {
            var field = isFunction ? "function" : "custom";
            return TryGet(tool, field, out var function) ? CheckFunction(function, $"{path}.{field}")
                : isFunction ? GatewayErrors.InvalidField($"{path}.{field}", "must be an object with a name")
                : null;
        }

        return null;
    }

    private static GatewayError? CheckFunction(JsonElement function, string path)
    {
        if (function.ValueKind != JsonValueKind.Object || !TryGet(function, "name", out _))
        {
            return GatewayErrors.InvalidField(path, "must be an object with a name");
        }

        path += ".";
        return CheckNames(FunctionNames, function, path)
            ?? CheckName(function, path, "name", ChatRequestRules.LongestName, isRequired: true)
            ?? CheckTexts(function, path, "description")
            ?? CheckObjects(function, path, "parameters")
            ?? CheckKinds(function, path, ["strict"], "must be true or false", JsonValueKind.True, JsonValueKind.False);
    }

    private static GatewayError? CheckChoice(JsonElement request, string name) =>
        CheckKinds(request, "", [name], "must be a text or an object", JsonValueKind.String, JsonValueKind.Object)
        ?? (TryGet(request, name, out var choice) && choice.ValueKind == JsonValueKind.Object
            ? CheckObjects(choice, name + ".", "function", "custom", "allowed_tools")
            : null);
}
