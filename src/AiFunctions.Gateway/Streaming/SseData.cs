using System.Text.Json;

namespace AiFunctions.Gateway.Streaming;

/// <summary>Looks at the data of a server-sent event.</summary>
internal static class SseData
{
    /// <summary>Whether the event is the one that ends a stream in OpenAI's format.</summary>
    public static bool IsDone(ReadOnlySpan<byte> sseEvent) => DataOf(sseEvent).SequenceEqual("[DONE]"u8);

    /// <summary>Whether the event reports a failure in place of data: an object with an <c>error</c> in it.</summary>
    public static bool IsError(ReadOnlySpan<byte> sseEvent)
    {
        // Hardly any event holds the word at all; only those are parsed.
        if (sseEvent.IndexOf("\"error\""u8) < 0)
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(DataOf(sseEvent));
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("error"u8))
                {
                    return reader.Read() && reader.TokenType != JsonTokenType.Null;
                }
            }
        }
        catch (JsonException)
        {
            // Not JSON: not an error report that we know.
        }

        return false;
    }

    // Model servers write one data line an event; of several, the first is enough for the questions above.
    private static ReadOnlySpan<byte> DataOf(ReadOnlySpan<byte> sseEvent)
    {
        foreach (var line in new LineEnumerator(sseEvent))
        {
            if (line.StartsWith("data:"u8))
            {
                return line["data:"u8.Length..].Trim((byte)' ');
            }
        }

        return [];
    }

    private ref struct LineEnumerator(ReadOnlySpan<byte> text)
    {
        private ReadOnlySpan<byte> _rest = text;

        public ReadOnlySpan<byte> Current { get; private set; }

        public readonly LineEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            var end = _rest.IndexOfAny((byte)'\n', (byte)'\r');
            Current = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? [] : _rest[(end + 1)..];
            return true;
        }
    }
}
