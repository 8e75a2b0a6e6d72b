using System.Buffers;
using System.Text.Json;

namespace AiFunctions.Gateway.Relay;

/// <summary>Looks at the data of a server-sent event.</summary>
internal static class SseData
{
    /// <summary>How deep a model server's JSON may be nested.</summary>
    public const int DeepestAnswer = 1000;

    /// <summary>Whether the event is named <c>error</c>.</summary>
    public static bool IsNamedError(ReadOnlySpan<byte> sseEvent) =>
        sseEvent.IndexOf("event:"u8) >= 0 && FieldOf(sseEvent, "event:"u8).SequenceEqual("error"u8);

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
    /// <remarks>Of several data lines, this is the first; <see cref="OneLine"/> makes one of them.</remarks>
    public static ReadOnlySpan<byte> DataOf(ReadOnlySpan<byte> sseEvent) => FieldOf(sseEvent, "data:"u8);

    /// <summary>An event whose data stands in one line, as JSON lets line breaks be spaces.</summary>
    /// <param name="sseEvent">An event as it came.</param>
    /// <returns>
    /// The same bytes when they are one data line besides others that the format knows, or none; else the data alone, in one line. Empty when
    /// there is nothing in it that the format knows.
    /// </returns>
    public static ReadOnlySpan<byte> OneLine(ReadOnlySpan<byte> sseEvent)
    {
        var dataLines = 0;
        var isKnown = true;
        foreach (var line in new LineEnumerator(sseEvent))
        {
            dataLines += line.StartsWith("data:"u8) ? 1 : 0;
            isKnown &= line.IsEmpty || line.StartsWith("data:"u8) || line.StartsWith(":"u8)
                || line.StartsWith("event:"u8) || line.StartsWith("id:"u8) || line.StartsWith("retry:"u8);
        }

        return isKnown && (dataLines == 0 || (dataLines == 1 && !DataOf(sseEvent).IsEmpty)) ? sseEvent : JoinLines(sseEvent, isKnown);
    }

    /// <summary>An event's data in one line. Other fields and comments are left out; without data, all is, unless it is known.</summary>
    private static ReadOnlySpan<byte> JoinLines(ReadOnlySpan<byte> sseEvent, bool isKnown)
    {
        var joined = new ArrayBufferWriter<byte>();
        foreach (var line in new LineEnumerator(sseEvent))
        {
            if (line.StartsWith("data:"u8))
            {
                joined.Write(joined.WrittenCount == 0 ? "data: "u8 : " "u8);
                joined.Write(line["data:"u8.Length..].Trim(" \t"u8));
            }
        }

        if (joined.WrittenSpan.Trim((byte)' ') is [] || joined.WrittenSpan.Trim((byte)' ').SequenceEqual("data:"u8))
        {
            return isKnown ? sseEvent : []; // a sign of life, or a name without data: no text of the model's
        }

        joined.Write("\n\n"u8);
        return joined.WrittenSpan;
    }

    private static ReadOnlySpan<byte> FieldOf(ReadOnlySpan<byte> sseEvent, ReadOnlySpan<byte> name)
    {
        foreach (var line in new LineEnumerator(sseEvent))
        {
            if (line.StartsWith(name))
            {
                return line[name.Length..].Trim(" \t"u8);
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
