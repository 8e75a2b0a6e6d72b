using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Upstreams.Simulator;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>What the simulator answers: what it was asked, in a short sentence, or a call of the tool that it was told to call.</summary>
/// <remarks>The same request gets the same answer. One word is one token, and the usage it reports is counted so.</remarks>
internal sealed class SimulatedChat
{
    private const string Model = "simulator";
    private const int DefaultMaxTokens = 1024;

    private readonly string _id;
    private readonly long _created;
    private readonly int _choices;
    private readonly bool _includeUsage;
    private readonly string? _tool;
    private readonly string _finishReason;
    private readonly int _promptTokens;
    private readonly string[] _words;

    private SimulatedChat(JsonElement request, DateTimeOffset now)
    {
        var messages = request.GetProperty("messages");
        var hash = XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(messages.GetRawText()));
        _id = "chatcmpl-" + hash.ToString("x32", CultureInfo.InvariantCulture);
        _created = now.ToUnixTimeSeconds();
        _choices = Integer(request, "n") ?? 1;
        Stream = request.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True;
        _includeUsage = Stream
            && request.TryGetProperty("stream_options", out var options) && options.ValueKind == JsonValueKind.Object
            && options.TryGetProperty("include_usage", out var include) && include.ValueKind == JsonValueKind.True;
        _promptTokens = messages.EnumerateArray().Sum(message => SimulatorText.CountWords(SimulatedMessages.Of(message)));

        var (asked, role) = SimulatedMessages.LastAsked(messages);
        (_tool, var text) = SimulatedToolCall.Choose(request, asked) is { } call
            ? (call.Name, call.Arguments)
            : (null, role == "tool" ? "The tool said: " + asked : "You asked: " + asked);

        var most = Integer(request, "max_completion_tokens") ?? Integer(request, "max_tokens") ?? DefaultMaxTokens;
        _words = [.. SimulatorText.Words(text).Take(most)];
        _finishReason = SimulatorText.CountWords(text) > most ? "length" : _tool is null ? "stop" : "tool_calls";
    }

    /// <summary>Whether a stream was asked for.</summary>
    public bool Stream { get; }

    /// <summary>Answers a chat completion request that has passed the gateway's checks.</summary>
    public static SimulatedChat To(JsonElement request, DateTimeOffset now) => new(request, now);

    /// <summary>The whole answer.</summary>
    public byte[] ToJson() => Write("chat.completion", writer =>
    {
        for (var i = 0; i < _choices; i++)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, i);
            writer.WriteStartObject("message"u8);
            writer.WriteString("role"u8, "assistant"u8);
            WriteText(writer, string.Concat(_words), first: true);
            writer.WriteEndObject();
            writer.WriteString("finish_reason"u8, _finishReason);
            writer.WriteNull("logprobs"u8);
            writer.WriteEndObject();
        }
    }, withUsage: true);

    /// <summary>The answer as the data of server-sent events, one word each, the choices in turn.</summary>
    public IEnumerable<byte[]> ToEvents()
    {
        yield return EachChoice((writer, _) =>
        {
            writer.WriteString("role"u8, "assistant"u8);
            WriteText(writer, "", first: true);
        });

        foreach (var word in _words)
        {
            for (var i = 0; i < _choices; i++)
            {
                yield return Chunk(i, writer => WriteText(writer, word, first: false), finishReason: null);
            }
        }

        for (var i = 0; i < _choices; i++)
        {
            yield return Chunk(i, _ => { }, _finishReason);
        }

        if (_includeUsage)
        {
            yield return Write("chat.completion.chunk", _ => { }, withUsage: true);
        }

        yield return "[DONE]"u8.ToArray();
    }

    private byte[] EachChoice(Action<Utf8JsonWriter, int> delta) => Write("chat.completion.chunk", writer =>
    {
        for (var i = 0; i < _choices; i++)
        {
            WriteDelta(writer, i, w => delta(w, i), finishReason: null);
        }
    }, withUsage: false);

    private byte[] Chunk(int choice, Action<Utf8JsonWriter> delta, string? finishReason) =>
        Write("chat.completion.chunk", writer => WriteDelta(writer, choice, delta, finishReason), withUsage: false);

    private static void WriteDelta(Utf8JsonWriter writer, int choice, Action<Utf8JsonWriter> delta, string? finishReason)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, choice);
        writer.WriteStartObject("delta"u8);
        delta(writer);
        writer.WriteEndObject();
        writer.WriteString("finish_reason"u8, finishReason);
        writer.WriteNull("logprobs"u8);
        writer.WriteEndObject();
    }

    private void WriteText(Utf8JsonWriter writer, string text, bool first)
    {
        if (_tool is null)
        {
            writer.WriteString("content"u8, text);
            return;
        }

        if (first)
        {
            writer.WriteNull("content"u8);
        }

        writer.WriteStartArray("tool_calls"u8);
        writer.WriteStartObject();
        if (Stream)
        {
            writer.WriteNumber("index"u8, 0);
        }

        if (first)
        {
            writer.WriteString("id"u8, "call_" + _id[^24..]);
            writer.WriteString("type"u8, "function"u8);
        }

        writer.WriteStartObject("function"u8);
        if (first)
        {
            writer.WriteString("name"u8, _tool);
        }

        writer.WriteString("arguments"u8, text);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private byte[] Write(string kind, Action<Utf8JsonWriter> choices, bool withUsage)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, _id);
            writer.WriteString("object"u8, kind);
            writer.WriteNumber("created"u8, _created);
            writer.WriteString("model"u8, Model);
            writer.WriteStartArray("choices"u8);
            choices(writer);
            writer.WriteEndArray();
            if (withUsage)
            {
                var completionTokens = _words.Length * _choices;
                writer.WriteStartObject("usage"u8);
                writer.WriteNumber("prompt_tokens"u8, _promptTokens);
                writer.WriteNumber("completion_tokens"u8, completionTokens);
                writer.WriteNumber("total_tokens"u8, _promptTokens + completionTokens);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static int? Integer(JsonElement request, string name) =>
        request.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}
