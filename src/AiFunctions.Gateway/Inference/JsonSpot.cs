using System.Text.Json;

namespace AiFunctions.Gateway.Inference;

/// <summary>Where a value stands in a run of JSON; <c>default</c> when there is none.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Kind">The kind of its first token.</param>
internal readonly record struct JsonSpot(int Start, int Length, JsonTokenType Kind)
{
    public bool IsPresent => Kind != JsonTokenType.None;

    public bool IsNumber => Kind == JsonTokenType.Number;

    /// <summary>Takes the value that the reader stands on, and leaves the reader on its last token.</summary>
    public static JsonSpot Take(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        var kind = reader.TokenType;
        reader.Skip();
        return new JsonSpot(start, (int)reader.BytesConsumed - start, kind);
    }
}
