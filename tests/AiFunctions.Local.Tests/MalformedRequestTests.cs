using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace AiFunctions.Local.Tests;

/// <summary>Requests that break HTTP's own rules. What stands before the Functions app has answers of its own to them.</summary>
public sealed class MalformedRequestTests(SimulatorHost simulated) : IClassFixture<SimulatorHost>
{
    private const string Good = """{"model":"simulator","messages":[{"role":"user","content":"hi"}]}""";

    // What the server cannot read at all it answers itself.
    private static readonly Dictionary<string, (string Head, string Body, int Status, string? Code)> Requests = new()
    {
        ["a chunk longer than any number"] = (Chunked, "ffffffffffffffff\r\n" + Good, 400, "invalid_request"),
        ["a chunk longer than any number, with more before"] = (Chunked, Chunk(Good) + "123456789abcdef0\r\n", 400, "invalid_request"),
        ["a negative chunk"] = (Chunked, "-1\r\n" + Good, 400, "invalid_request"),
        ["a chunk of no size"] = (Chunked, "\r\n" + Good, 400, "invalid_request"),
        ["a chunk whose size is a word"] = (Chunked, "size\r\n" + Good, 400, "invalid_request"),
        ["a chunk with a hexadecimal prefix"] = (Chunked, "0x10\r\n" + Good, 400, "invalid_request"),
        ["a chunk shorter than its data"] = (Chunked, "5\r\n" + Good, 400, "invalid_request"),
        ["a chunk's extension that is cut in two"] = (Chunked, "5;a=\rb\r\nhello\r\n0\r\n\r\n", 400, "invalid_request"),
        ["a chunk that never comes"] = (Chunked, "7fffffff\r\n", 400, "invalid_request"),
        ["a body that is never finished"] = ("Content-Length: 500\r\n", Good, 400, "invalid_request"),
        ["trailers that are none"] = (Chunked, Chunk(Good) + "0\r\nno trailer\r\n\r\n", 400, "invalid_request"),
        ["two lengths"] = ("Content-Length: 65\r\nContent-Length: 66\r\n", Good, 400, null),
        ["a length that is no number"] = ("Content-Length: many\r\n", Good, 400, null),
        ["a negative length"] = ("Content-Length: -5\r\n", Good, 400, null),
        ["a length beyond any number"] = ("Content-Length: 99999999999999999999\r\n", Good, 400, null),
        ["a length of nine exabytes"] = ("Content-Length: 9223372036854775807\r\n", Good, 413, "request_too_large"),
        ["an encoding that is not the last"] = ("Transfer-Encoding: chunked, gzip\r\n", Chunk(Good), 400, null),
        ["a header without a name"] = (": x\r\n" + Chunked, Chunk(Good), 400, null),
    };

    private const string Chunked = "Transfer-Encoding: chunked\r\n";

    public static TheoryData<string> Names() => [.. Requests.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_gets_a_4xx_and_no_line_in_the_log(string what)
    {
        var (head, body, status, code) = Requests[what];
        var key = await simulated.Host.NewKeyAsync();

        foreach (var credential in (string?[])[key, null])
        {
            var answer = await SendAsync($"POST /v1/chat/completions HTTP/1.1\r\n{Common(credential)}Content-Type: application/json\r\n{head}\r\n{body}");
            var answered = int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);

            // Who has no key is told so before the body is read.
            Assert.True(answered == status || (credential is null && code is not null && answered == 401), $"{what}: {answer}");
            Assert.True(code is null || credential is null || answer.Contains($"\"code\":\"{code}\"", StringComparison.Ordinal), $"{what}: {answer}");
        }

        AssertNothingLogged(what);
    }

    [Fact]
    public async Task Where_no_body_is_looked_at_a_broken_one_breaks_nothing()
    {
        foreach (var body in (string[])["ffffffffffffffff\r\n", "size\r\n", "5\r\nhello, world\r\n"])
        {
            var answer = await SendAsync($"GET /healthz HTTP/1.1\r\n{Common(null)}{Chunked}\r\n{body}");

            Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        }

        AssertNothingLogged("GET /healthz");
    }

    [Fact]
    public async Task A_caller_that_hangs_up_within_its_body_leaves_no_line_in_the_log()
    {
        var key = await simulated.Host.NewKeyAsync();
        foreach (var head in (string[])["Content-Length: 100000\r\n", Chunked])
        {
            using var connection = await ConnectAsync();
            await WriteAsync(connection, $"POST /v1/chat/completions HTTP/1.1\r\n{Common(key)}Content-Type: application/json\r\n{head}\r\n{Chunk(Good)}");
            connection.LingerState = new LingerOption(enable: true, seconds: 0); // a reset
        }

        // Another request after them: whatever they were to leave is there by then.
        Assert.StartsWith("HTTP/1.1 200 ", await SendAsync($"GET /healthz HTTP/1.1\r\n{Common(null)}\r\n"), StringComparison.Ordinal);
        AssertNothingLogged("a reset");
    }

    private static string Chunk(string data) => string.Create(CultureInfo.InvariantCulture, $"{data.Length:x}\r\n{data}\r\n");

    private static async Task WriteAsync(TcpClient connection, string request) => await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));

    private string Common(string? key) =>
        $"Host: {simulated.Host.BaseAddress.Authority}\r\nConnection: close\r\n" + (key is null ? "" : $"Authorization: Bearer {key}\r\n");

    private async Task<TcpClient> ConnectAsync()
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(simulated.Host.BaseAddress.Host, simulated.Host.BaseAddress.Port, TestContext.Current.CancellationToken);
        return connection;
    }

    private async Task<string> SendAsync(string request)
    {
        using var connection = await ConnectAsync();
        await WriteAsync(connection, request);
        var answer = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await connection.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var read)
            {
                answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (IOException) when (answer.Length > 0)
        {
            // It answers and hangs up on what it will not read.
        }

        return answer.ToString();
    }

    private void AssertNothingLogged(string what) => Assert.False(
        simulated.Host.Output.Contains(" fail: ", StringComparison.Ordinal) || simulated.Host.Output.Contains(" crit: ", StringComparison.Ordinal)
            || simulated.Host.Output.Contains("   at ", StringComparison.Ordinal),
        $"{what}: {simulated.Host.Output}");
}
