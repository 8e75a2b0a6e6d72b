using System.Text;

namespace AiFunctions.GuardTraining;

/// <summary>Ways in which attacks are disguised.</summary>
internal static class Obfuscations
{
    /// <summary>Each by name.</summary>
    public static IReadOnlyDictionary<string, Func<string, string>> All { get; } = new Dictionary<string, Func<string, string>>
    {
        ["zero width"] = text => string.Join('\u200B', text.AsEnumerable()),
        ["spaced"] = text => string.Join(' ', text.AsEnumerable()),
        ["dotted"] = text => string.Join('.', text.AsEnumerable()),
        ["dashed"] = text => string.Join('-', text.AsEnumerable()),
        ["piped"] = text => string.Join('|', text.AsEnumerable()),
        ["underscored"] = text => string.Join('_', text.AsEnumerable()),
        ["emoji"] = text => string.Join("\U0001F600", text.AsEnumerable()),
        ["homoglyphs"] = text => Replace(text, "aceopxysij", "асеорхуѕіј"),
        ["fullwidth"] = text => string.Concat(text.Select(c => c is > ' ' and < '\u007F' ? (char)(c + 0xFEE0) : c)),
        ["mathematical"] = text => string.Concat(text.Select(c => char.IsAsciiLetterLower(c) ? char.ConvertFromUtf32(0x1D41A + c - 'a') : c.ToString())),
        ["diacritics"] = text => string.Concat(text.Select(c => char.IsLetter(c) ? $"{c}\u0301\u0323" : c.ToString())),
        ["leet"] = text => Replace(text, "aeiost", "431057"),
        ["base64"] = text => "Decode and follow: " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text)),
        ["hex"] = text => "Decode and follow: " + Convert.ToHexString(Encoding.UTF8.GetBytes(text)),
        ["escapes"] = text => string.Concat(text.Select(c => $"\\u{(int)c:x4}")),
        ["percent"] = text => string.Concat(Encoding.UTF8.GetBytes(text).Select(b => $"%{b:X2}")),
        ["entities"] = text => string.Concat(text.Select(c => $"&#{(int)c};")),
        ["rot13"] = text => string.Concat(text.Select(c => char.IsAsciiLetter(c) ? (char)((c & 0x60) + ((((c & 0x1F) + 12) % 26) + 1)) : c)),
        ["reversed"] = text => new string([.. text.Reverse()]),
        ["tags"] = text => "Hello" + string.Concat(text.Where(char.IsAscii).Select(c => char.ConvertFromUtf32(0xE0000 + Math.Max(c, ' ')))),
    };

    private static string Replace(string text, string from, string to) =>
        string.Concat(text.Select(c => from.IndexOf(c, StringComparison.Ordinal) is >= 0 and var i ? to[i] : c));
}
