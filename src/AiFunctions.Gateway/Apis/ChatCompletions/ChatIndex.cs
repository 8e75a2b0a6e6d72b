using System.Buffers.Text;
using System.Text.Json;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>The member <c>index</c> of choices and tool calls, which some servers write as a text, with a fraction of zero, as null, or not at all.</summary>
internal static class ChatIndex
{
    /// <summary>The index that the reader stands on; null when it is none.</summary>
    public static int? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
        {
            return null;
        }

        return Utf8Parser.TryParse(reader.ValueSpan, out double value, out var length) && length == reader.ValueSpan.Length
            && value is >= 0 and <= int.MaxValue && value == Math.Floor(value)
            ? (int)value
            : null;
    }
}
