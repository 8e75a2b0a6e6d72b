using System.Text.Json;

namespace AiFunctions.Gateway.InputGuard.Prompts;

/// <summary>Finds the texts in a message's content: a text, or a list of parts.</summary>
internal static class MessageContent
{
    public static void Read(JsonElement content, TextOrigin origin, PromptText text)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            text.Add(origin, content);
        }
        else if (content.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in content.EnumerateArray())
            {
                ReadPart(part, origin, text);
            }
        }
    }

    private static void ReadPart(JsonElement part, TextOrigin origin, PromptText text)
    {
        var type = part.GetProperty("type"u8);
        var isDocument = type.ValueEquals("file"u8) || type.ValueEquals("document"u8) || type.ValueEquals("tool_result"u8) || type.ValueEquals("search_result"u8);
        if (isDocument)
        {
            origin = TextOrigin.Document;
        }

        foreach (var field in part.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.String && (field.NameEquals("text"u8) || field.NameEquals("refusal"u8)))
            {
                text.Add(origin, field.Value);
            }
            else if (isDocument)
            {
                JsonStrings.Append(field, text.Of(origin));
            }
            else if (!field.NameEquals("image_url"u8) && !field.NameEquals("input_audio"u8))
            {
                JsonStrings.Append(field, text.Beside(origin));
            }
        }
    }
}
