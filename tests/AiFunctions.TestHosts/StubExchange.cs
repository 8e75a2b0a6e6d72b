using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.TestHosts;

/// <summary>One request to the <see cref="StubUpstream"/>, and the means to answer it well or badly.</summary>
internal sealed class StubExchange
{
    private readonly HttpContext _context;
    private readonly TaskCompletionSource _callerGone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StubExchange(HttpContext context, StubRequest request)
    {
        _context = context;
        Request = request;
        context.RequestAborted.Register(() => _callerGone.TrySetResult());
    }

    public StubRequest Request { get; }

    /// <summary>Completes when the caller has closed its connection before the answer was whole.</summary>
    public Task CallerGone => _callerGone.Task;

    /// <summary>Sends a whole answer.</summary>
    public Task RespondAsync(int status, string body, string contentType = "application/json", IReadOnlyDictionary<string, string>? headers = null) =>
        RespondAsync(status, Encoding.UTF8.GetBytes(body), contentType, headers);

    /// <summary>Sends a whole answer, byte by byte as given.</summary>
    public async Task RespondAsync(int status, byte[] body, string contentType, IReadOnlyDictionary<string, string>? headers = null)
    {
        var response = _context.Response;
        response.StatusCode = status;
        response.ContentType = contentType.Length > 0 ? contentType : null;
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            response.Headers[name] = value;
        }

        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body);
    }

    /// <summary>Sends the head of an event stream, and keeps the answer open.</summary>
    public async Task StartStreamAsync()
    {
        _context.Response.ContentType = "text/event-stream";
        await _context.Response.StartAsync();
    }

    /// <summary>Sends bytes as they are, at once.</summary>
    public async Task SendAsync(string text)
    {
        await _context.Response.WriteAsync(text);
        await _context.Response.Body.FlushAsync();
    }

    /// <summary>Sends one chat chunk with this text.</summary>
    public Task SendTextAsync(string text) => SendChunkAsync(new { content = text });

    /// <summary>Sends one chat chunk with this delta.</summary>
    public Task SendChunkAsync(object delta, string? finishReason = null) => SendAsync("data: " + JsonSerializer.Serialize(new
    {
        id = "chatcmpl-stub",
        @object = "chat.completion.chunk",
        created = 1_700_000_000,
        model = Request.Model,
        choices = new[] { new { index = 0, delta, finish_reason = finishReason } },
    }) + "\n\n");

    /// <summary>Sends the end of a good stream.</summary>
    public async Task FinishAsync(string finishReason = "stop")
    {
        await SendChunkAsync(new { }, finishReason);
        await SendAsync("data: [DONE]\n\n");
    }

    /// <summary>Resets the TCP connection: the caller gets RST, not an end.</summary>
    public void Reset()
    {
        var socket = _context.Features.Get<IConnectionSocketFeature>()!.Socket;
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    /// <summary>A whole chat completion with this text.</summary>
    public Task RespondTextAsync(string text) => RespondMessageAsync(new { role = "assistant", content = text }, "stop");

    /// <summary>A whole chat completion with this message.</summary>
    public Task RespondMessageAsync(object message, string finishReason) => RespondAsync(200, JsonSerializer.Serialize(new
    {
        id = "chatcmpl-stub",
        @object = "chat.completion",
        created = 1_700_000_000,
        model = Request.Model,
        choices = new[] { new { index = 0, message, finish_reason = finishReason } },
        usage = new { prompt_tokens = 3, completion_tokens = 2, total_tokens = 5 },
    }));
}
