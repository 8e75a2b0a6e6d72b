using System.Globalization;
using System.Text;

namespace AiFunctions.Local.Tests.Fuzz;

/// <summary>Makes requests, each from its seed alone: ordinary ones with some of their parts made worse.</summary>
internal sealed class RequestFuzzer(string authority, string key, string managementKey)
{
    private const string CrLf = "\r\n";

    private static readonly string[] Methods =
        ["GET", "POST", "PUT", "HEAD", "OPTIONS", "TRACE", "PATCH", "DELETE", "get", "BREW", "P\u00d6ST", "", "GET POST", "PRI", "A%20B", new string('M', 300)];

    private static readonly string[] Paths =
    [
        "/", "/healthz", "/v1/models", "/v1/models/simulator", "/v1/models/a/b", "/v1/models/a%2Fb", "/v1/models/%00", "/v1/models/%", "/v1/models/%zz", "/v1/models//",
        "/v1/usage", "/v1/keys/rotate", "/v1/chat/completions", "/v1/chat/completions/", "//v1/chat/completions", "/V1/CHAT/COMPLETIONS", "/v1/embeddings", "/v1/../v1/models",
        "/v1/./models", "/v1/%2e%2e/models", "/manage/clients", "/manage/clients/x", "/manage/usage", "/manage/reviews/1", "/manage/blocks/1", "/manage/anomalies", "*", "",
        "v1/models", "http://other.example/v1/models", "http://[/", "/\u00fc", "/%C3%BC", "/%ff%fe", "/a?b?c", "/#fragment", "/a\tb", "/a\\b", "/{id}", "/v1/models/{*id}",
    ];

    private static readonly string[] Queries =
    [
        "?", "?a=1", "?api-version=2024-10-21", "?a&b=&=c&&", "?a=%", "?a=%00", "?%ff=%fe", "?a=\u00fc", "?token=x", "?a=Bearer%20x", "?limit=-1", "?limit=99999999999999999999",
        "?cursor=%%%", "?cursor=AAAA", "?from=x&to=y", "?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z", "?status=x", "?a=1#b", "?a=b?c=d",
    ];

    private static readonly string[] Versions = ["HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.1 ", "HTTP/", "", "ICAP/1.0"];

    private static readonly string[] Headers =
    [
        "Content-Type: text/plain", "Content-Type: application/json; charset=utf8", "Content-Type: application/json; charset=\"", "Content-Type: ;", "Content-Type:",
        "Content-Encoding: gzip", "Content-Encoding: identity", "Accept: */*", "Accept-Encoding: gzip, br", "Accept: text/event-stream", "Expect: 100-continue",
        "Expect: something", "Upgrade: h2c", "Upgrade: websocket", "Connection: Upgrade", "Range: bytes=0-1", "If-None-Match: *", "Origin: https://a.example",
        "Origin: null", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: x, y", "X-Request-Id: \u00ff", "X-Request-Id: a b c",
        "X-Forwarded-For: 1.2.3.4, ::1, x",
        "X-Forwarded-Host: evil.example", "X-Original-URL: /manage/clients", "X-HTTP-Method-Override: DELETE", "Authorization: Basic YTpi",
        "Authorization: Bearer", "Authorization: Bearer a b",
        "Authorization: Bearer eyJhbGciOiJub25lIn0.e30.", "api-key: x", "x-api-key: \u00e9", "traceparent: 00-x-y-01",
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "tracestate: a=b,c", "baggage: a=b", "Cookie: a=b; c", "Host: other.example", "Host:", "Host: a b", "Transfer-Encoding: identity",
        "Transfer-Encoding: gzip", "Transfer-Encoding: chunked, chunked",
        "Content-Length: 0", "Content-Length: -1", "Content-Length: 1e3", "Content-Length: +5", "Content-Length: 5, 5", " folded: x",
        "no colon", ": no name", "a b: c", "x\0y: z", "x: a\0b", "x: \u0001",
        "Trailer: x", "TE: trailers", "Max-Forwards: 0", "Via: 1.1 x", "X-ARR-LOG-ID: x", "X-MS-CLIENT-PRINCIPAL: x", "X-ARR-ClientCert: AAAA", "HTTP2-Settings: AAMAAABkAAQAAP__",
    ];

    private static readonly string[] Bodies =
    [
        """{"model":"simulator","messages":[{"role":"user","content":"Hello"}]}""",
        """{"model":"simulator","stream":true,"stream_options":{"include_usage":true},"max_tokens":3.0,"""
            + """ "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}]}""",
        """{"model":"simulator","messages":[{"role":"user","content":[{"type":"text","text":"What?"},"""
            + """{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}]}""",
        """{"model":"simulator","messages":[{"role":"user","content":[{"type":"file","""
            + """ "file":{"file_data":"data:text/plain;charset=utf-16;base64,//5IAGkA"}}]}],"metadata":{"a":"b"}}""",
        """{"model":"simulator","messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},"""
            + """{"role":"tool","tool_call_id":"1","content":[]}],"tools":[{"type":"function","function":{"name":"f"}}]}""",
        """{"model":"simulator","input":["a","b"],"encoding_format":"base64"}""",
        """{"model":"simulator","input":[1,2,3]}""",
        """{"name":"x","tier":"free","limits":{"requests_per_minute":5.0}}""",
        "{}",
        "",
    ];

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud800", "\\u0000", "null", "true", "-", "1e999", "0", "99999999999999999999",
        "\"model\"", "\"messages\"", "\"content\":", "\0", "\u007f",
        "\ufeff", "\u2028", "\u00ff", "//", "[[[[[[[[", "{\"a\":", "\"\"", "data:,", "data:;base64,",
    ];

    private static readonly string[] ChunkSizes =
    [
        "ffffffffffffffff", "7fffffffffffffff", "80000000", "-1", "", " 5", "5 ", "g", "0x5", "5;", "5;a=b", "5;a=\"b\"", "00000000005", "5\t", "5\n",
    ];

    public FuzzedRequest Make(int seed)
    {
        var random = new Random(seed);
        var (method, path, body) = Ordinary(random);
        if (random.Next(3) == 0)
        {
            body = Worse(random, body);
        }

        method = random.Next(12) == 0 ? Pick(random, Methods) : method;
        path = random.Next(5) == 0 ? Pick(random, Paths) : path;
        path += random.Next(6) == 0 ? Pick(random, Queries) : random.Next(200) == 0 ? "?" + new string('q', random.Next(20_000)) : "";
        var version = random.Next(40) == 0 ? Pick(random, Versions) : Versions[0];

        var isWhole = true;
        var announcesMore = false;
        var head = new StringBuilder().Append(method).Append(' ').Append(path).Append(' ').Append(version).Append(CrLf);
        if (random.Next(50) != 0)
        {
            head.Append("Host: ").Append(authority).Append(CrLf);
        }

        head.Append("Connection: close").Append(CrLf);
        head.Append(Credential(random, path));
        for (var i = random.Next(4) == 0 ? random.Next(1, 5) : 0; i > 0; i--)
        {
            var header = Pick(random, Headers);
            announcesMore |= header.StartsWith("Content-Length:", StringComparison.Ordinal) || header.StartsWith("Transfer-Encoding:", StringComparison.Ordinal);
            head.Append(header).Append(CrLf);
        }

        if (random.Next(300) == 0)
        {
            head.Append("X-Long: ").Append('x', random.Next(200_000)).Append(CrLf);
        }

        if (random.Next(300) == 0)
        {
            head.Append(string.Concat(Enumerable.Range(0, random.Next(300)).Select(i => $"X-{i}: x\r\n")));
        }

        if (body.Length > 0 || random.Next(4) == 0)
        {
            head.Append(random.Next(20) == 0 ? "" : "Content-Type: application/json\r\n");
            (var framing, body, isWhole) = Frame(random, body);
            head.Append(framing);
        }

        head.Append(CrLf);
        byte[] bytes = [.. Encoding.Latin1.GetBytes(head.ToString()), .. body];
        if (random.Next(60) == 0)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            isWhole = false; // it may have been a length's
        }

        if (random.Next(100) == 0)
        {
            return new FuzzedRequest(bytes[..random.Next(1, bytes.Length)], IsWhole: false);
        }

        return new FuzzedRequest(bytes, isWhole && !announcesMore);
    }

    private static (string Method, string Path, byte[] Body) Ordinary(Random random)
    {
        var body = Encoding.UTF8.GetBytes(Pick(random, Bodies));
        return random.Next(10) switch
        {
            < 5 => ("POST", "/v1/chat/completions", body),
            < 7 => ("POST", "/v1/embeddings", body),
            7 => ("POST", "/manage/clients", body),
            8 => ("POST", "/v1/keys/rotate", body),
            _ => ("GET", Pick(random, Paths), []),
        };
    }

    private static byte[] Worse(Random random, byte[] body)
    {
        var list = body.ToList();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var at = random.Next(list.Count + 1);
            switch (random.Next(6))
            {
                case 0 when at < list.Count:
                    list[at] = (byte)random.Next(256);
                    break;
                case 1:
                    list.InsertRange(at, Encoding.UTF8.GetBytes(Pick(random, Pieces)));
                    break;
                case 2 when at < list.Count:
                    list.RemoveRange(at, Math.Min(random.Next(1, 20), list.Count - at));
                    break;
                case 3:
                    list.InsertRange(at, list.GetRange(at, Math.Min(random.Next(200), list.Count - at)));
                    break;
                case 4:
                    var count = random.Next(random.Next(30) == 0 ? 20_000 : 50);
                    list.InsertRange(at, Enumerable.Repeat(Encoding.UTF8.GetBytes(Pick(random, Pieces)), count).SelectMany(piece => piece));
                    break;
                default:
                    list.RemoveRange(at, list.Count - at);
                    break;
            }
        }

        return [.. list];
    }

    private static (string Framing, byte[] Body, bool IsWhole) Frame(Random random, byte[] body)
    {
        if (random.Next(3) > 0)
        {
            return random.Next(30) == 0
                ? ($"Content-Length: {Text(Math.Max(0, body.Length - random.Next(20)))}\r\n", body, true)
                : ($"Content-Length: {Text(body.Length)}\r\n", body, true);
        }

        var chunks = new List<byte>();
        var isWhole = true;
        for (var at = 0; at < body.Length;)
        {
            var length = Math.Min(random.Next(1, body.Length + 1), body.Length - at);
            var isOdd = random.Next(15) == 0;
            var size = isOdd ? Pick(random, ChunkSizes) : length.ToString("x", CultureInfo.InvariantCulture);
            isWhole &= !isOdd;
            chunks.AddRange(Encoding.ASCII.GetBytes(size + CrLf));
            chunks.AddRange(body.AsSpan(at, length));
            chunks.AddRange(random.Next(60) == 0 ? "xx"u8 : "\r\n"u8);
            at += length;
        }

        chunks.AddRange(Encoding.ASCII.GetBytes(random.Next(40) == 0 ? "0\r\nX-Trailer: x\r\nbad\r\n\r\n" : "0\r\n\r\n"));
        return (random.Next(40) == 0 ? "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n" : "Transfer-Encoding: chunked\r\n", [.. chunks], isWhole);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    private string Credential(Random random, string path) => random.Next(30) switch
    {
        0 => "",
        1 => $"api-key: {key}\r\n",
        2 => $"Authorization: Bearer {key}\r\nx-api-key: {key}x\r\n",
        3 => $"Authorization: Bearer {key[..^2]}\r\n",
        _ => $"Authorization: Bearer {(path.StartsWith("/manage", StringComparison.Ordinal) ? managementKey : key)}\r\n",
    };
}
