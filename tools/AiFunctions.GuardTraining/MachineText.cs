using System.Globalization;
using System.Text;

namespace AiFunctions.GuardTraining;

/// <summary>
/// Makes what programs write and tools return: identifiers, JSON, logs, tables, listings, encoded bytes. With a sentence somewhere in it, or without.
/// Otherwise letters that make no words would only ever be seen in disguised attacks.
/// </summary>
internal sealed class MachineText(Random random)
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Hexadecimal = "0123456789abcdef";

    private static readonly string[] Names =
        [
            "id", "name", "status", "type", "created_at", "updatedAt", "items", "total", "count", "next", "cursor", "url", "email", "price",
            "currency", "tags", "user", "owner", "version", "hash", "etag", "message", "title", "body", "error", "code", "result", "data",
            "meta", "score", "lat", "lon", "key", "token", "role", "system", "parent", "children", "isActive", "description", "summary",
            "comment",
        ];

    private static readonly string[] Words =
        [
            "ok", "active", "pending", "none", "default", "main", "prod", "eu-west-1", "invoice", "order", "admin", "guest", "true",
            "linux", "node", "cache", "build", "failed", "done", "closed", "open", "high", "low", "EUR", "json", "queue", "worker", "blue",
            "north", "Mercury", "release", "retry",
        ];

    private static readonly string[] Levels = ["INFO", "WARN", "ERROR", "DEBUG", "info:", "fail:", "[info]", "TRACE"];

    private static readonly string[] Events =
        [
            "request finished", "connection reset by peer", "retrying in", "cache miss for", "job started", "job done", "timeout after",
            "GET", "POST", "user logged in", "skipping", "loaded", "unable to open", "committed", "listening on", "ignored", "not found",
        ];

    private static readonly string[] Extensions = [".cs", ".json", ".txt", ".log", ".py", ".md", ".png", ".tar.gz", "", ".dll", ".ts"];

    private readonly Func<MachineText, string?, string>[] _kinds =
    [
        (m, text) => m.Lines(1 + m.Next(3), () => m.Identifier(), text),
        (m, text) => m.Lines(1, () => m.Prefixed(), text),
        (m, text) => m.Json(0, text ?? (m.Next(3) == 0 ? m.Nonsense(1 + m.Next(8)) : null)),
        (m, text) => $"[{string.Join(",", Enumerable.Range(0, 1 + m.Next(4)).Select(i => m.Json(1, i == 0 ? text : null)))}]",
        (m, text) => m.Lines(1 + m.Next(6), () => m.LogLine(), text),
        (m, text) => m.Table(text),
        (m, text) => m.Lines(2 + m.Next(8), () => m.FilePath(), text),
        (m, text) => m.Encoded(text),
        (m, text) => m.Lines(1 + m.Next(5), () => $"{m.Random(Hexadecimal, 7)} {m.Nonsense(2 + m.Next(4))} ({m.Date()})", text),
        (m, text) => m.Lines(2 + m.Next(5), () => $"{m.Name()}: {m.Value()}", text),
        (m, text) => m.Lines(1 + m.Next(4), () => m.Nonsense(3 + m.Next(12)), text),
        (m, text) => m.Lines(2 + m.Next(4), () => $"  at {m.Nonsense(1)}.{m.Nonsense(1)}({m.FilePath()}:{m.Next(900)})", text),
        (m, text) => m.Lines(1 + m.Next(4), () => $"<{m.Name()} {m.Name()}=\"{m.Value()}\">{m.Value()}</{m.Name()}>", text),
        (m, text) => m.Lines(1 + m.Next(3), () => $"https://{m.Nonsense(1)}.example/{m.Nonsense(1)}?{m.Name()}={m.Identifier()}&{m.Name()}={m.Value()}", text),
        (m, text) => m.Lines(1 + m.Next(2), () => $"{m.Pick(Events)} {m.Value()}", text),
    ];

    /// <summary>How many kinds there are.</summary>
    public int Kinds => _kinds.Length;

    /// <summary>Makes a text.</summary>
    /// <param name="kind">Which kind, from zero.</param>
    /// <param name="text">A sentence to put into it, or null.</param>
    public string Make(int kind, string? text) => _kinds[kind](this, text);

    private string Lines(int count, Func<string> line, string? text)
    {
        var lines = Enumerable.Range(0, count).Select(_ => line()).ToList();
        if (text is not null)
        {
            lines.Insert(Next(count + 1), Next(2) == 0 ? text : $"{line()} {text}");
        }

        return string.Join(Next(4) == 0 ? " " : "\n", lines);
    }

    private string Identifier() => Next(11) switch
    {
        0 => new Guid(Bytes(16)).ToString(),
        1 => Random(Hexadecimal, 32),
        2 => Random(Hexadecimal, 8 << Next(4)),
        3 => Random(Alphanumeric, 8 + Next(40)),
        4 => Convert.ToBase64String(Bytes(12 + Next(60))),
        5 => Number(),
        6 => Date(),
        7 => $"{Next(9)}.{Next(20)}.{Next(90)}-{Random(Hexadecimal, 6)}",
        8 => string.Join('.', Enumerable.Range(0, 4).Select(_ => Next(256))),
        9 => Random(Alphanumeric[..36], 4 + Next(12)) + "-" + Number(),
        _ => Convert.ToHexString(Bytes(4 + Next(30))),
    };

    private string Prefixed()
    {
        var prefix = Nonsense(1 + Next(2)).Replace(' ', "_-. :"[Next(5)]);
        return prefix + (Next(2) == 0 ? "" : "_-:= #"[Next(6)].ToString()) + Identifier();
    }

    private string Json(int depth, string? text)
    {
        var space = Next(2) == 0 ? " " : "";
        var count = 1 + Next(6);
        var at = text is null ? -1 : Next(count);
        var members = Enumerable.Range(0, count).Select(i => $"\"{Name()}\":{space}{(i == at ? $"\"{Escape(text!)}\"" : JsonValue(depth))}");
        return $"{{{space}{string.Join($",{space}", members)}{space}}}";
    }

    private string JsonValue(int depth) => Next(8) switch
    {
        0 => Number(),
        1 => "null",
        2 => Next(2) == 0 ? "true" : "false",
        3 when depth < 3 => Json(depth + 1, null),
        4 when depth < 3 => $"[{string.Join(",", Enumerable.Range(0, Next(4)).Select(_ => JsonValue(depth + 1)))}]",
        5 => $"\"{Nonsense(1 + Next(4))}\"",
        _ => $"\"{Escape(Value())}\"",
    };

    private string LogLine() =>
        $"{Date()} {Pick(Levels)} {(Next(2) == 0 ? $"[{Identifier()}] " : "")}{Pick(Events)} {Value()}{(Next(3) == 0 ? $" {Name()}={Value()}" : "")}";

    private string Table(string? text)
    {
        var mark = Next(3) switch { 0 => ",", 1 => "\t", _ => " | " };
        var columns = 2 + Next(5);
        var rows = new StringBuilder();
        var count = 1 + Next(8);
        var at = Next(count);
        for (var row = 0; row < count; row++)
        {
            var cells = Enumerable.Range(0, columns).Select(_ => row == 0 ? Name() : Value()).ToArray();
            if (row == at && text is not null)
            {
                cells[Next(columns)] = text;
            }

            rows.AppendJoin(mark, cells).Append('\n');
        }

        return rows.ToString();
    }

    private string Encoded(string? text)
    {
        var bytes = text is not null && Next(2) == 0 ? Encoding.UTF8.GetBytes(text) : Bytes(20 + Next(400));
        var encoded = Next(4) switch
        {
            0 => Convert.ToHexString(bytes),
            1 => $"data:image/png;base64,{Convert.ToBase64String(bytes)}",
            2 => $"-----BEGIN CERTIFICATE-----\n{Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks)}\n-----END CERTIFICATE-----",
            _ => Convert.ToBase64String(bytes),
        };
        return text is null || Next(2) == 0 ? encoded : $"{text}\n{encoded}";
    }

    private string FilePath() =>
        $"{(Next(3) == 0 ? "C:\\" : "/")}{string.Join('/', Enumerable.Range(0, 1 + Next(4)).Select(_ => Next(2) == 0 ? Pick(Words) : Nonsense(1)))}{Pick(Extensions)}";

    private string Value() => Next(6) switch
    {
        0 => Pick(Words),
        1 => Number(),
        2 => Nonsense(1 + Next(3)),
        3 => FilePath(),
        4 => Date(),
        _ => Identifier(),
    };

    private string Name() => Next(4) == 0 ? Nonsense(1) : Pick(Names);

    // Pronounceable, in no language.
    private string Nonsense(int words)
    {
        var text = new StringBuilder();
        for (var word = 0; word < words; word++)
        {
            text.Append(word == 0 ? "" : " ");
            for (var syllable = 1 + Next(4); syllable > 0; syllable--)
            {
                text.Append("bcdfghjklmnpqrstvwz"[Next(19)]).Append("aeiou"[Next(5)]).Append(Next(3) == 0 ? Lower[Next(26)].ToString() : "");
            }
        }

        return text.ToString();
    }

    private string Number() => Next(3) switch
    {
        0 => Next(100).ToString(CultureInfo.InvariantCulture),
        1 => (random.NextDouble() * 1000).ToString("F2", CultureInfo.InvariantCulture),
        _ => random.NextInt64(10_000_000_000).ToString(CultureInfo.InvariantCulture),
    };

    private string Date() => new DateTime(2015, 1, 1).AddSeconds(Next(400_000_000)).ToString(Next(2) == 0 ? "s" : "yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private string Random(string letters, int length) => string.Create(length, (letters, random), static (span, state) => state.random.GetItems(state.letters, span));

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private string Pick(string[] from) => from[Next(from.Length)];

    private int Next(int limit) => random.Next(limit);

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
}
