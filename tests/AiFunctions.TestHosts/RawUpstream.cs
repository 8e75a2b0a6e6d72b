using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AiFunctions.TestHosts;

/// <summary>An upstream at the level of its socket, for answers that no well-behaved server gives: a script writes whatever bytes it likes.</summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<StubRequest> _requests = new();
    private readonly ConcurrentDictionary<string, Func<Stream, StubRequest, Task>> _scripts = new(StringComparer.Ordinal);
    private readonly Task _accepting;

    public RawUpstream()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The address with the version segment, as the setting wants it.</summary>
    public string BaseUrl => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");

    /// <summary>Adds a model that behaves as scripted. Its connection is closed after each answer.</summary>
    /// <returns>Its name, which no other test has if none is given.</returns>
    public string AddModel(Func<Stream, StubRequest, Task> script, string? name = null)
    {
        var model = name ?? $"raw-{Guid.NewGuid():N}";
        _scripts[model] = script;
        return model;
    }

    /// <summary>The requests for one model, in the order in which they came.</summary>
    public IReadOnlyList<StubRequest> RequestsFor(string model) => [.. _requests.Where(request => request.Model == model)];

    /// <summary>Writes a whole answer.</summary>
    public static Task RespondAsync(Stream stream, int status, string body, string contentType = "application/json", params string[] headers) => WriteAsync(
        stream,
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Type: {contentType}\r\n")
            + string.Create(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n")
            + string.Concat(headers.Select(header => header + "\r\n")) + "\r\n" + body);

    /// <summary>Writes the head of an answer that is as long as the connection lasts.</summary>
    public static Task WriteHeadAsync(Stream stream, params string[] headers) =>
        WriteAsync(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n" + string.Concat(headers.Select(header => header + "\r\n")) + "\r\n");

    /// <summary>Writes text as it is.</summary>
    public static async Task WriteAsync(Stream stream, string text)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        await stream.FlushAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var request = await ReadRequestAsync(stream);
                _requests.Enqueue(request);
                await (request.Model is { } model && _scripts.TryGetValue(model, out var script)
                    ? script(stream, request)
                    : RespondAsync(stream, 404, """{"error":{"message":"no such model","code":"model_not_found"}}"""));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Whoever asked is gone.
            }
        }
    }

    private async Task<StubRequest> ReadRequestAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var buffer = new byte[4096];
        int end;
        while ((end = Encoding.Latin1.GetString([.. bytes]).IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            await MoreAsync();
        }

        var head = Encoding.Latin1.GetString([.. bytes])[..end];
        var lines = head.Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToDictionary(line => line[0], line => line[1].Trim(), StringComparer.OrdinalIgnoreCase);
        var start = end + "\r\n\r\n".Length;
        var whole = start + (headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0);
        while (bytes.Count < whole)
        {
            await MoreAsync();
        }

        return new StubRequest(lines[0].Split(' ')[0], lines[0].Split(' ')[1], headers, [.. bytes.Skip(start)]);

        async Task MoreAsync()
        {
            var read = await stream.ReadAsync(buffer, _stop.Token);
            bytes.AddRange(read > 0 ? buffer.Take(read) : throw new IOException());
        }
    }
}
