using System.Text.Json;
using System.Text.Unicode;
using AiFunctions.Gateway.Errors;

namespace AiFunctions.Gateway.RequestBody;

/// <summary>Checks that a body is what every reader down the line will read alike.</summary>
internal static class JsonStructure
{
    /// <summary>How deep objects and arrays may be nested.</summary>
    public const int MaxDepth = 64;

    private const byte Backslash = (byte)'\\';

    private static readonly JsonDocumentOptions DocumentOptions = new()
    {
        MaxDepth = MaxDepth,

        // Of two fields of one name, one reader takes the first and another the last: what one has judged, the other must not replace.
        AllowDuplicateProperties = false,
    };

    /// <summary>Parses a body. Time and memory grow linearly with its length.</summary>
    /// <returns>The document, or what is wrong with the body.</returns>
    public static (JsonDocument? Document, GatewayError? Error) Parse(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            return (null, GatewayErrors.InvalidEncoding);
        }

        if (CheckTokens(utf8.Span) is { } error)
        {
            return (null, error);
        }

        try
        {
            return (JsonDocument.Parse(utf8, DocumentOptions), null);
        }
        catch (JsonException)
        {
            return (null, GatewayErrors.DuplicateField); // all else has been checked above
        }
    }

    private static GatewayError? CheckTokens(ReadOnlySpan<byte> utf8)
    {
        // One level more than we allow, so that the reader gets to show us the level that is too deep.
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
        try
        {
            if (!reader.Read())
            {
                return GatewayErrors.InvalidJson;
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return GatewayErrors.NotAnObject;
            }

            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= MaxDepth:
                        return GatewayErrors.NestingTooDeep;
                    case JsonTokenType.String or JsonTokenType.PropertyName when reader.ValueIsEscaped && HasLoneSurrogate(reader.ValueSpan):
                        return GatewayErrors.InvalidEncoding;
                }
            }

            return null;
        }
        catch (JsonException)
        {
            return GatewayErrors.InvalidJson;
        }
    }

    // An escaped half of a surrogate pair is grammatical JSON but no text; many readers fail on it, and so would the upstream.
    private static bool HasLoneSurrogate(ReadOnlySpan<byte> escaped)
    {
        var expectLow = false;
        while (true)
        {
            var next = escaped.IndexOf(Backslash);
            if (expectLow && next != 0)
            {
                return true;
            }

            if (next < 0)
            {
                return false;
            }

            escaped = escaped[next..];
            var isLow = false;
            if (escaped[1] == 'u')
            {
                // The reader has checked the grammar: four hex digits follow. D8…DB is a high half, DC…DF a low one.
                var kind = (escaped[2] | 0x20) == 'd' ? escaped[3] | 0x20 : 0;
                isLow = kind is >= 'c' and <= 'f';
                var isHigh = kind is '8' or '9' or 'a' or 'b';
                if (isLow != expectLow)
                {
                    return true;
                }

                expectLow = isHigh;
                escaped = escaped[6..];
            }
            else
            {
                if (expectLow)
                {
                    return true;
                }

                escaped = escaped[2..];
            }
        }
    }
}
