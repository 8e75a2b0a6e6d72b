using System.Globalization;

namespace AiFunctions.Gateway.InputGuard.Scoring.Views;

/// <summary>Reads percent-encoding, HTML character references and the escapes of programming languages.</summary>
internal static class EscapeDecoder
{
    private const int LeastEscapes = 3;

    /// <summary>Decodes.</summary>
    /// <param name="canonical">The canonical stream.</param>
    /// <param name="decoded">At least as long; takes the whole stream with its escapes read.</param>
    /// <returns>How many characters were written; 0 if the stream has hardly any escapes of letters.</returns>
    public static int Decode(ReadOnlySpan<char> canonical, Span<char> decoded)
    {
        if (!canonical.ContainsAny('%', '&', '\\') && !canonical.Contains("U+", StringComparison.Ordinal))
        {
            return 0;
        }

        int count = 0, escapes = 0;
        for (var i = 0; i < canonical.Length;)
        {
            var (value, length) = canonical[i] is '%' or '&' or '\\' or 'U' ? ReadEscape(canonical[i..]) : (0, 0);
            if (length == 0)
            {
                decoded[count++] = canonical[i++];
                continue;
            }

            i += length;
            escapes += char.IsLetter((char)value) ? 1 : 0;
            decoded[count++] = (char)value;
        }

        return escapes >= LeastEscapes ? count : 0;
    }

    private static (int Value, int Length) ReadEscape(ReadOnlySpan<char> text)
    {
        if (text.Length > 2 && text[0] == '%')
        {
            return Number(text, 1, 2, NumberStyles.AllowHexSpecifier, 3);
        }

        if (text.Length > 3 && text[0] == '\\')
        {
            return text[1] switch
            {
                'x' => Number(text, 2, 2, NumberStyles.AllowHexSpecifier, 4),
                'u' when text[2] == '{' && text.IndexOf('}') is > 3 and < 10 and var end => Number(text, 3, end - 3, NumberStyles.AllowHexSpecifier, end + 1),
                'u' => Number(text, 2, 4, NumberStyles.AllowHexSpecifier, 6),
                'U' => Number(text, 2, 8, NumberStyles.AllowHexSpecifier, 10),
                _ => (0, 0),
            };
        }

        if (text.Length > 3 && text[0] == 'U' && text[1] == '+')
        {
            return Number(text, 2, 4, NumberStyles.AllowHexSpecifier, 6);
        }

        return text.Length > 3 && text[0] == '&' && text[1] == '#' && text[..Math.Min(text.Length, 10)].IndexOf(';') is > 2 and var semicolon
            ? text[2] is 'x' or 'X'
                ? Number(text, 3, semicolon - 3, NumberStyles.AllowHexSpecifier, semicolon + 1)
                : Number(text, 2, semicolon - 2, NumberStyles.None, semicolon + 1)
            : (0, 0);
    }

    private static (int Value, int Length) Number(ReadOnlySpan<char> text, int start, int digits, NumberStyles style, int length) =>
        text.Length >= length && int.TryParse(text.Slice(start, digits), style, CultureInfo.InvariantCulture, out var value)
            && value is >= '\t' and < char.MaxValue && !char.IsSurrogate((char)value)
            ? (value, length)
            : (0, 0);
}
