using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>HTTP by hand, for requests that no HTTP client would send.</summary>
internal sealed class RawHttp(FrontDoor host, string key)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    /// <summary>Posts a chat request.</summary>
    /// <param name="body">What is sent after the head.</param>
    /// <param name="contentLength">What the head says about its length; null for chunked.</param>
    /// <param name="headers">More header lines, each with its CR LF.</param>
    public Task<(int Status, string Body, TimeSpan Elapsed)> PostAsync(byte[] body, long? contentLength, string headers = "Content-Type: application/json\r\n") =>
        PostAsync(async stream => await stream.WriteAsync(body), contentLength, headers);

    /// <summary>Posts a chat request whose body is written piece by piece.</summary>
    public async Task<(int Status, string Body, TimeSpan Elapsed)> PostAsync(
        Func<NetworkStream, Task> writeBody, long? contentLength, string headers = "Content-Type: application/json\r\n")
    {
        if (host.BaseAddress.Scheme != Uri.UriSchemeHttp)
        {
            RunningFrontDoor.Skip("plain HTTP");
        }

        using var timeout = new CancellationTokenSource(Longest);
        using var connection = new TcpClient();
        await connection.ConnectAsync(host.BaseAddress.Host, host.BaseAddress.Port, timeout.Token);
        var stream = connection.GetStream();
        var started = Stopwatch.GetTimestamp();
        var length = contentLength is { } given
            ? string.Create(CultureInfo.InvariantCulture, $"Content-Length: {given}\r\n")
            : "Transfer-Encoding: chunked\r\n";
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /v1/chat/completions HTTP/1.1\r\nHost: {host.BaseAddress.Authority}\r\nAuthorization: Bearer "
                    + $"{key}\r\n{length}{headers}\r\n"),
            timeout.Token);

        var sending = Send();
        var answer = await ReadAsync(stream, timeout.Token);
        var elapsed = Stopwatch.GetElapsedTime(started);
        await sending;
        return (int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture), answer, elapsed);

        async Task Send()
        {
            try
            {
                await writeBody(stream);
            }
            catch (IOException)
            {
                // The host may close the connection on what it will not read.
            }
        }
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var answer = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, cancellationToken);
            answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
            var text = answer.ToString();
            var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (read == 0 || (head >= 0 && (text.EndsWith("0\r\n\r\n", StringComparison.Ordinal) || HasWholeBody(text, head + 4))))
            {
                Assert.True(head >= 0, $"The connection was closed without an answer: '{text}'");
                return text;
            }
        }
    }

    private static bool HasWholeBody(string answer, int bodyStart)
    {
        const string Name = "Content-Length: ";
        var at = answer.IndexOf(Name, 0, bodyStart, StringComparison.OrdinalIgnoreCase);
        return at >= 0
            && int.Parse(answer.AsSpan(at + Name.Length, answer.IndexOf('\r', at) - at - Name.Length), CultureInfo.InvariantCulture)
                <= Encoding.UTF8.GetByteCount(answer.AsSpan(bodyStart));
    }
}
