using System.Runtime.InteropServices;
using System.Text.Json;

namespace AiFunctions.Gateway.InputGuard.Prompts;

/// <summary>Collects every string of a JSON value that may be text, however deep it stands.</summary>
internal static class JsonStrings
{
    /// <summary>What is no longer than this can be an id or a type; beyond it is taken for text.</summary>
    private const int LongestStructuralText = 64;

    /// <summary>Appends the strings of a field's value in their order, without those that are known to be structure. Files are decoded.</summary>
    /// <param name="field">The field.</param>
    /// <param name="text">Where they go; null when they are not judged.</param>
    public static void Append(JsonProperty field, PooledText? text)
    {
        if (text is null)
        {
            return;
        }

        if (field.Value.ValueKind != JsonValueKind.String)
        {
            Append(field.Value, text);
        }
        else if (field.NameEquals("file_data"u8) || field.NameEquals("data"u8))
        {
            InlineFile.Append(field.Value, text);
        }
        else if (!IsStructure(field))
        {
            text.Append(field.Value);
        }
    }

    // No deeper than a body may be nested.
    private static void Append(JsonElement value, PooledText text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                text.Append(value);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Append(item, text);
                }

                break;
            case JsonValueKind.Object:
                foreach (var field in value.EnumerateObject())
                {
                    Append(field, text);
                }

                break;
        }
    }

    private static bool IsStructure(JsonProperty field) =>
        (field.NameEquals("role"u8) || field.NameEquals("type"u8) || field.NameEquals("id"u8)
            || field.NameEquals("tool_call_id"u8) || field.NameEquals("file_id"u8) || field.NameEquals("detail"u8))
        && JsonMarshal.GetRawUtf8Value(field.Value).Length <= LongestStructuralText + 2;
}
