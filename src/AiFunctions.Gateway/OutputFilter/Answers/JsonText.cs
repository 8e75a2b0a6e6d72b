using System.Buffers;
using System.Text;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Answers;

/// <summary>JSON strings to UTF-16 and back. Half a surrogate pair, which JSON can write and UTF-8 cannot, survives both ways.</summary>
internal static class JsonText
{
    private static readonly SearchValues<char> NeedEscape = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\', .. Enumerable.Range(0xD800, 0x800).Select(c => (char)c)]);

    /// <summary>Reads what stands between a string's quotes.</summary>
    /// <param name="raw">Valid JSON.</param>
    /// <param name="isEscaped">Whether it has backslashes.</param>
    /// <param name="text">Gets the characters.</param>
    public static void Read(ReadOnlySpan<byte> raw, bool isEscaped, CharBuffer text)
    {
        while (isEscaped && raw.IndexOf((byte)'\\') is var escape and >= 0)
        {
            Decode(raw[..escape], text);
            switch (raw[escape + 1])
            {
                case (byte)'u':
                    var value = 0;
                    foreach (var digit in raw.Slice(escape + 2, 4))
                    {
                        value = (value * 16) + (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
                    }

                    text.Append((char)value);
                    raw = raw[(escape + 6)..];
                    break;
                case var c:
                    text.Append(c switch { (byte)'n' => '\n', (byte)'r' => '\r', (byte)'t' => '\t', (byte)'b' => '\b', (byte)'f' => '\f', _ => (char)c });
                    raw = raw[(escape + 2)..];
                    break;
            }
        }

        Decode(raw, text);
    }

    /// <summary>Writes characters as they stand between a string's quotes.</summary>
    public static void Write(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(NeedEscape);
            plain = plain < 0 ? text.Length : plain;
            if (plain < text.Length && char.IsSurrogate(text[plain]) && plain + 1 < text.Length && char.IsSurrogatePair(text[plain], text[plain + 1]))
            {
                plain += 2;
            }

            Encode(text[..plain], output);
            text = text[plain..];
            if (plain == 0)
            {
                Escape(text[0], output);
                text = text[1..];
            }
        }
    }

    private static void Decode(ReadOnlySpan<byte> utf8, CharBuffer text)
    {
        if (!utf8.IsEmpty)
        {
            var room = text.Take(utf8.Length);
            text.Shorten(utf8.Length - Encoding.UTF8.GetChars(utf8, room));
        }
    }

    private static void Encode(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        if (!text.IsEmpty)
        {
            Encoding.UTF8.GetBytes(text, output);
        }
    }

    private static void Escape(char c, IBufferWriter<byte> output)
    {
        Span<byte> escaped = [(byte)'\\', (byte)'u', Hex(c >> 12), Hex((c >> 8) & 15), Hex((c >> 4) & 15), Hex(c & 15)];
        var shortForm = c switch { '"' => '"', '\\' => '\\', '\n' => 'n', '\r' => 'r', '\t' => 't', '\b' => 'b', '\f' => 'f', _ => '\0' };
        if (shortForm != '\0')
        {
            escaped[1] = (byte)shortForm;
            escaped = escaped[..2];
        }

        output.Write(escaped);
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
}
