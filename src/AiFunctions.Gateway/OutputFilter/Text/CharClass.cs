using System.Buffers;

namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>Classes of characters that patterns share.</summary>
internal static class CharClass
{
    private const char LastLatin = '\u024F';

    /// <summary>Tokens and keys: letters, digits and what base64 and URLs have besides.</summary>
    public static readonly SearchValues<char> Token = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.+/=~%");

    /// <summary>Base64 in both alphabets, without padding.</summary>
    public static readonly SearchValues<char> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/");

    /// <summary>Letters, digits, <c>_</c> and <c>-</c>.</summary>
    public static readonly SearchValues<char> Word = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>Letters and digits.</summary>
    public static readonly SearchValues<char> Alphanumeric = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>Capital letters and digits.</summary>
    public static readonly SearchValues<char> UpperAlphanumeric = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    /// <summary>Hexadecimal digits.</summary>
    public static readonly SearchValues<char> Hex = SearchValues.Create("ABCDEFabcdef0123456789");

    /// <summary>Decimal digits.</summary>
    public static readonly SearchValues<char> Decimal = SearchValues.Create("0123456789");

    /// <summary>Host names.</summary>
    public static readonly SearchValues<char> Host = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.");

    /// <summary>File paths, as far as they need no quotes.</summary>
    public static readonly SearchValues<char> Path = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.+/=~%@\\");

    public static bool IsDigit(char c) => char.IsAsciiDigit(c);

    public static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r';

    /// <summary>ASCII letters and digits, and Latin letters beyond ASCII, which addresses may have.</summary>
    public static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || IsLatinBeyondAscii(c);

    public static bool IsLatinBeyondAscii(char c) => c is >= '\u00C0' and <= LastLatin and not '\u00D7' and not '\u00F7';

    /// <summary>Whether the script writes words without spaces between.</summary>
    public static bool IsUnspacedScript(char c) =>
        c is (>= '\u0E00' and <= '\u0EFF') or (>= '\u1000' and <= '\u109F') or (>= '\u1780' and <= '\u17FF')
            or (>= '\u3040' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF');
}
