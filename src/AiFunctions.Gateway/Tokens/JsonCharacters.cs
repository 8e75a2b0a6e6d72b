using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AiFunctions.Gateway.Tokens;

/// <summary>Counts the characters of JSON, in UTF-16 code units and without copies.</summary>
internal static class JsonCharacters
{
    private const int LongestEscape = 6;

    /// <summary>Those of all strings, names and numbers in a value.</summary>
    public static long CountAll(JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.String or JsonValueKind.Number))
        {
            return 0;
        }

        var total = 0L;
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(value));
        while (reader.Read())
        {
            total += reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? Count(reader.ValueSpan)
                : reader.TokenType == JsonTokenType.Number ? reader.ValueSpan.Length
                : 0;
        }

        return total;
    }

    /// <summary>Those of a string or a name.</summary>
    /// <param name="escaped">What stands between its quotation marks.</param>
    public static long Count(ReadOnlySpan<byte> escaped)
    {
        var total = 0L;
        while (escaped.IndexOf((byte)'\\') is >= 0 and var plain)
        {
            total += Encoding.UTF8.GetCharCount(escaped[..plain]) + 1;
            escaped = escaped[(plain + (escaped[plain + 1] == 'u' ? LongestEscape : 2))..];
        }

        return total + Encoding.UTF8.GetCharCount(escaped);
    }

    /// <summary>How long a string or a name is in UTF-8, without its escapes.</summary>
    /// <param name="escaped">What stands between its quotation marks.</param>
    public static long CountUtf8(ReadOnlySpan<byte> escaped)
    {
        var total = 0L;
        while (escaped.IndexOf((byte)'\\') is >= 0 and var plain)
        {
            var isCode = escaped[plain + 1] == 'u';
            total += plain + (isCode ? Utf8LengthOf(escaped.Slice(plain + 2, 4)) : 1);
            escaped = escaped[(plain + (isCode ? LongestEscape : 2))..];
        }

        return total + escaped.Length;
    }

    // Of a pair's halves, each is half of the pair's four.
    private static int Utf8LengthOf(ReadOnlySpan<byte> hex)
    {
        _ = Utf8Parser.TryParse(hex, out int code, out _, 'x');
        return code < 0x80 ? 1 : code < 0x800 || char.IsSurrogate((char)code) ? 2 : 3;
    }
}
