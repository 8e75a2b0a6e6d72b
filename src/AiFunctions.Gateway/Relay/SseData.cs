using System.Runtime.InteropServices;
using System.Text.Json;

namespace AiFunctions.Gateway.Relay;

/// <summary>Looks at the data of a server-sent event.</summary>
internal static class SseData
{
    /// <summary>How deep a model server's JSON may be nested.</summary>
    public const int DeepestAnswer = 1000;

    /// <summary>Whether an event ends a choice: a server that then ends the stream in good order has said all, even without <c>[DONE]</c>.</summary>
    public static bool HasFinishReason(ReadOnlySpan<byte> sseEvent)
    {
        var at = sseEvent.IndexOf("\"finish_reason\""u8);
        return at >= 0 && sseEvent[(at + "\"finish_reason\""u8.Length)..].TrimStart(": "u8) is [(byte)'"', ..];
    }

    /// <summary>Whether the event is the one that ends a stream in OpenAI's format.</summary>
    public static bool IsDone(ReadOnlySpan<byte> sseEvent) => DataOf(sseEvent).SequenceEqual("[DONE]"u8);

    /// <summary>Whether the event reports a failure in place of data: it is named <c>error</c>, or its object has an <c>error</c> in it.</summary>
    public static bool IsError(ReadOnlySpan<byte> sseEvent)
    {
        // Hardly any event holds the word at all; only those are looked at closely.
        return sseEvent.IndexOf("error"u8) >= 0 && (FieldOf(sseEvent, "event:"u8).SequenceEqual("error"u8) || IsErrorObject(AllDataOf(sseEvent)));
    }

    /// <summary>Whether a JSON object reports a failure: it has a member <c>error</c> that is not null.</summary>
    public static bool IsErrorObject(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DeepestAnswer });
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

    /// <summary>The event's data: a part of it, without the spaces around. Empty when there is none.</summary>
    /// <remarks>Model servers write one data line an event; of several, this is the first.</remarks>
    public static ReadOnlySpan<byte> DataOf(ReadOnlySpan<byte> sseEvent) => FieldOf(sseEvent, "data:"u8);

    private static ReadOnlySpan<byte> FieldOf(ReadOnlySpan<byte> sseEvent, ReadOnlySpan<byte> name)
    {
        foreach (var line in new LineEnumerator(sseEvent))
        {
            if (line.StartsWith(name))
            {
                return line[name.Length..].Trim((byte)' ');
            }
        }

        return [];
    }

    private static ReadOnlySpan<byte> AllDataOf(ReadOnlySpan<byte> sseEvent)
    {
        var data = new List<byte>();
        foreach (var line in new LineEnumerator(sseEvent))
        {
            if (line.StartsWith("data:"u8))
            {
                data.AddRange(line["data:"u8.Length..]);
                data.Add((byte)'\n');
            }
        }

        return CollectionsMarshal.AsSpan(data);
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
