using System.Text.Json;

namespace AiFunctions.Gateway.Upstreams.Simulator;

/// <summary>How the simulator reads messages and counts words.</summary>
internal static class SimulatorText
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

    /// <summary>How many <see cref="Words"/> a text has.</summary>
    public static int CountWords(string text)
    {
        var count = text.Length > 0 ? 1 : 0;
        for (var i = 1; i < text.Length; i++)
        {
            count += StartsWord(text, i) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Cuts a text into words, each with the white space before it, so that together they are the text.</summary>
    public static IEnumerable<string> Words(string text)
    {
        var start = 0;
        for (var i = 1; i <= text.Length; i++)
        {
            if (i == text.Length || StartsWord(text, i))
            {
                yield return text[start..i];
                start = i;
            }
        }
    }

    private static bool StartsWord(string text, int i) => char.IsWhiteSpace(text[i]) && !char.IsWhiteSpace(text[i - 1]);
}
