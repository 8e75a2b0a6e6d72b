using System.Text.Json;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>How the built-in model reads messages.</summary>
internal static class SimulatedMessages
{
    private const int LongestEcho = 4000;

    /// <summary>A message's text: its content, or the text parts of its content.</summary>
    public static string Of(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content))
        {
            return "";
        }

        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(
                part => part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : "")),
            _ => "",
        };
    }

    /// <summary>The last thing that a user or a tool said, cut to what a short sentence can hold.</summary>
    public static (string Text, string? Role) LastAsked(JsonElement messages)
    {
        foreach (var message in messages.EnumerateArray().Reverse())
        {
            var role = message.GetProperty("role").GetString();
            if (role is "user" or "tool")
            {
                var text = Of(message);
                return (text.Length <= LongestEcho ? text : text[..(char.IsHighSurrogate(text[LongestEcho - 1]) ? LongestEcho - 1 : LongestEcho)], role);
            }
        }

        return ("", null);
    }
}
