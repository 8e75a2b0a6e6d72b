using System.Text.Json;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.RequestBody;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>Where the fields that bear on tokens stand in a chat request.</summary>
internal readonly struct ChatRequestOutline
{
    /// <summary>Reads a request.</summary>
    /// <param name="json">A valid JSON object that names no field twice.</param>
    public ChatRequestOutline(ReadOnlySpan<byte> json)
    {
        Choices = 1;
        IsEmpty = true;
        StreamOptionsAreEmpty = true;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        FirstMember = (int)reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            IsEmpty = false;
            if (reader.ValueTextEquals("max_tokens"u8))
            {
                reader.Read();
                MaxTokensValue = Number(ref reader);
                MaxTokens = JsonSpot.Take(ref reader);
            }
            else if (reader.ValueTextEquals("max_completion_tokens"u8))
            {
                reader.Read();
                MaxCompletionTokensValue = Number(ref reader);
                MaxCompletionTokens = JsonSpot.Take(ref reader);
            }
            else if (reader.ValueTextEquals("n"u8))
            {
                reader.Read();
                Choices = Math.Max(1, Number(ref reader));
                reader.Skip();
            }
            else if (reader.ValueTextEquals("stream"u8))
            {
                reader.Read();
                IsStream = reader.TokenType == JsonTokenType.True;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("stream_options"u8))
            {
                reader.Read();
                StreamOptions = JsonSpot.Take(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        if (StreamOptions.Kind == JsonTokenType.StartObject)
        {
            (IncludeUsage, StreamOptionsAreEmpty) = FindIncludeUsage(json, StreamOptions);
        }
    }

    /// <summary>Where a first field can be written: after the opening brace.</summary>
    public int FirstMember { get; }

    /// <summary>Whether the object has no field.</summary>
    public bool IsEmpty { get; }

    public JsonSpot MaxTokens { get; }

    /// <summary>0 when it is no number.</summary>
    public long MaxTokensValue { get; }

    public JsonSpot MaxCompletionTokens { get; }

    /// <summary>0 when it is no number.</summary>
    public long MaxCompletionTokensValue { get; }

    /// <summary><c>n</c>; 1 when it is not set.</summary>
    public long Choices { get; }

    public bool IsStream { get; }

    public JsonSpot StreamOptions { get; }

    public bool StreamOptionsAreEmpty { get; }

    public JsonSpot IncludeUsage { get; }

    private static long Number(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.Number ? 0 : WholeNumber.TryGet(ref reader, out var value) ? value : long.MaxValue;

    private static (JsonSpot IncludeUsage, bool IsEmpty) FindIncludeUsage(ReadOnlySpan<byte> json, JsonSpot options)
    {
        var reader = new Utf8JsonReader(json.Slice(options.Start, options.Length));
        reader.Read();
        var isEmpty = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            var isIt = reader.ValueTextEquals("include_usage"u8);
            reader.Read();
            var spot = JsonSpot.Take(ref reader);
            if (isIt)
            {
                return (spot with { Start = spot.Start + options.Start }, false);
            }
        }

        return (default, isEmpty);
    }
}
