using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Answers;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.Relay;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>
/// The texts of OpenAI's chat completions and legacy completions, whole and streamed. What is not known to be harmless is text, wherever it
/// stands: a new member of a model server is filtered, not forgotten.
/// </summary>
/// <remarks>
/// A string of a choice may come in pieces, one an event, and is followed from one to the next. Ids, names, addresses and whatever stands beside
/// the choices come whole in each event, and are filtered there.
/// </remarks>
internal sealed class ChatAnswerReader(FilterPolicy policy, SystemText? systemText, bool isJson = false) : AnswerReader(policy, systemText)
{
    private const int DeepestIndexed = 4;
    private const int DeepestToolCalls = 2;
    private const ulong StableSeed = 14695981039346656037;
    private const int ReasoningRank = 0;
    private const int ContentRank = 1;
    private const int OtherRank = 2;
    private const int ToolRank = 3;

    // Whole in each event, with all that is in them.
    private static readonly string[] WholeNames =
    [
        "role", "id", "type", "name", "object", "status", "format", "index", "stop_reason", "matched_stop", "annotations", "content_filter_results",
        "content_filter_offsets", "expires_at", "recipient", "mime_type", "url", "image_url", "images", "title", "file_id", "filename", "citations",
        "native_finish_reason", "tool_call_id", "call_id", "usage", "data", "b64_json", "obfuscation", "extra_content", "model", "provider",
    ];

    // Means something to the server that made it, and to it only if not a byte is changed.
    private static readonly string[] OpaqueNames = ["signature", "thought_signature", "thoughtSignature", "encrypted_content"];

    // Media and the like, when they are long and nothing but base64.
    private static readonly string[] DataNames = ["data", "b64_json", "url", "image_url", "audio_url", "video_url", "obfuscation"];

    private static readonly string[] ProbabilityNames = ["logprobs", "top_logprobs", "token_logprobs"];

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = SseData.DeepestAnswer };

    private readonly List<Segment> _path = [];
    private readonly List<(int Choice, ChatToolCalls Calls)> _toolCalls = [];

    // The members that all events of an answer share, with the comma after them: "id":…,"model":…,
    private byte[] _header = [];
    private bool _hasHeader;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> BlockedReason => "\"content_filter\""u8;

    /// <summary>Whether the reader stands on a reason to finish. Some servers send an empty one with each event.</summary>
    public static bool IsReason(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > 0;

    /// <inheritdoc/>
    public override bool IsEnd(ReadOnlySpan<byte> data) => data.SequenceEqual("[DONE]"u8);

    /// <inheritdoc/>
    public override bool HasText(ReadOnlySpan<byte> json, AnswerChoice choice)
    {
        try
        {
            var progress = new AnswerProgress();
            new ChatAnswerOutline(json, progress).Read();
            return progress.HasText(choice.Index);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override void WriteHeld(AnswerChannel channel, ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        output.Write("data: {"u8);
        output.Write(_header);
        output.Write("\"choices\":["u8);
        output.Write(channel.Open);
        output.Write("\""u8);
        JsonText.Write(text, output);
        output.Write("\""u8);
        output.Write(channel.Close);
        output.Write("]}\n\n"u8);
    }

    /// <inheritdoc/>
    public override void WriteBlocked(AnswerChoice choice, IBufferWriter<byte> output)
    {
        output.Write("data: {"u8);
        output.Write(_header);
        output.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"\"choices\":[{{\"index\":{choice.Index},\"delta\":{{}},\"finish_reason\":\"content_filter\"}}]}}\n\n")));
    }

    /// <inheritdoc/>
    protected override void ReadObject(ReadOnlySpan<byte> json)
    {
        var header = _hasHeader ? null : new ArrayBufferWriter<byte>();
        var hasId = false;
        var reader = new Utf8JsonReader(json, ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("choices"u8))
            {
                reader.Read();
                ReadChoices(json, ref reader);
                continue;
            }

            var name = header is not null && IsShared(ref reader) ? json.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2) : [];
            var isId = !name.IsEmpty && reader.ValueTextEquals("id"u8);
            AddWhole(ref reader);
            reader.Read();
            if (!name.IsEmpty)
            {
                hasId |= isId && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > 0;
                WriteShared(json, ref reader, name, header!);
            }

            ReadWhole(ref reader);
        }

        if (reader.Read())
        {
            throw new JsonException();
        }

        if (header is not null && Choices.Count > 0)
        {
            _header = header.WrittenSpan.ToArray();
            _hasHeader = hasId; // some servers begin with an event that has none, and a later one is the first to tell
        }
    }

    private void ReadChoices(ReadOnlySpan<byte> json, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            RequireNull(ref reader);
            return;
        }

        for (var ordinal = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; ordinal++)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException();
            }

            var choice = ChoiceAt(IndexOf(reader) ?? ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("finish_reason"u8))
                {
                    reader.Read();
                    if (IsReason(ref reader))
                    {
                        AddSpot(ref reader, AnswerSpotKind.FinishReason, choice, null);
                    }
                    else
                    {
                        reader.Skip();
                    }
                }
                else
                {
                    ReadMember(json, ref reader, choice, StableSeed);
                }
            }
        }
    }

    private void ReadMember(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, AnswerChoice choice, ulong key)
    {
        if (IsOneOf(ProbabilityNames, ref reader))
        {
            reader.Read();
            AddSpot(ref reader, AnswerSpotKind.Probabilities, choice, null);
            return;
        }

        if (IsOneOf(OpaqueNames, ref reader))
        {
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                ReadWhole(ref reader);
            }

            return;
        }

        AddWhole(ref reader);
        if (IsOneOf(WholeNames, ref reader))
        {
            var mayBeData = IsOneOf(DataNames, ref reader);
            reader.Read();
            ReadWhole(ref reader, mayBeData);
            return;
        }

        var isArguments = reader.ValueTextEquals("arguments"u8) || (isJson && IsContent(ref reader));
        key = Hash(key, reader.ValueSpan);
        _path.Add(new Segment((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2, -1));
        reader.Read();
        ReadValue(json, ref reader, choice, key, isArguments);
        _path.RemoveAt(_path.Count - 1);
    }

    private void ReadValue(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, AnswerChoice choice, ulong key, bool isJsonText)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                AddSpot(ref reader, AnswerSpotKind.Text, choice, ChannelOf(json, choice, key, isJsonText));
                break;
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    ReadMember(json, ref reader, choice, key);
                }

                break;
            case JsonTokenType.StartArray:
                var isToolCalls = _path.Count == DeepestToolCalls && NameOf(json, _path[^1]).SequenceEqual("\"tool_calls\""u8);
                for (var ordinal = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; ordinal++)
                {
                    var isObject = reader.TokenType == JsonTokenType.StartObject;
                    var index = !isObject || _path.Count >= DeepestIndexed ? ordinal
                        : isToolCalls ? SlotOf(reader, choice, ordinal)
                        : IndexOf(reader) ?? ordinal;
                    _path.Add(new Segment((int)reader.TokenStartIndex, 0, index));
                    ReadValue(json, ref reader, choice, Hash(key, (ulong)index), isJsonText);
                    _path.RemoveAt(_path.Count - 1);
                }

                break;
            default:
                break; // numbers, true, false, null
        }
    }

    /// <summary>Notes every name and every string of a value that comes whole.</summary>
    private void ReadWhole(ref Utf8JsonReader reader, bool mayBeData = false)
    {
        var depth = reader.CurrentDepth;
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            if (reader.TokenType == JsonTokenType.String && !(mayBeData && AnswerMedia.Is(reader.ValueSpan)))
            {
                AddWhole(ref reader);
            }

            return;
        }

        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && IsOneOf(OpaqueNames, ref reader))
            {
                reader.Read();
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    ReadWhole(ref reader);
                }
            }
            else if (reader.TokenType == JsonTokenType.PropertyName)
            {
                AddWhole(ref reader);
                mayBeData = IsOneOf(DataNames, ref reader);
            }
            else if (reader.TokenType == JsonTokenType.String && !(mayBeData && AnswerMedia.Is(reader.ValueSpan)))
            {
                AddWhole(ref reader);
            }
        }
    }

    private AnswerChannel ChannelOf(ReadOnlySpan<byte> json, AnswerChoice choice, ulong key, bool isJsonText)
    {
        if (FindChannel(choice, key) is { } known)
        {
            return known;
        }

        var (open, close) = Shape(json, choice.Index);
        return AddChannel(choice, key, RankOf(json), isJsonText, open, close);
    }

    // Models write in this order, and so text that is withheld after a block is the same whether it streamed or not.
    private int RankOf(ReadOnlySpan<byte> json)
    {
        var rank = OtherRank;
        foreach (var segment in _path)
        {
            if (rank >= ToolRank && segment.Index >= 0)
            {
                return ToolRank + segment.Index;
            }

            var name = NameOf(json, segment);
            if (name.StartsWith("\"reasoning"u8) || name.StartsWith("\"thinking"u8))
            {
                return ReasoningRank;
            }

            if (name.SequenceEqual("\"content\""u8))
            {
                return ContentRank;
            }

            if (name.SequenceEqual("\"tool_calls\""u8) || name.SequenceEqual("\"function_call\""u8))
            {
                rank = ToolRank;
            }
        }

        return rank;
    }

    private (byte[] Open, byte[] Close) Shape(ReadOnlySpan<byte> json, int index)
    {
        var open = new ArrayBufferWriter<byte>();
        open.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"index\":{index},")));
        var close = "}";
        for (var i = 0; i < _path.Count; i++)
        {
            var segment = _path[i];
            var leadsToName = i + 1 < _path.Count && _path[i + 1].Index < 0;
            if (segment.Index < 0)
            {
                open.Write(NameOf(json, segment));
                open.Write(leadsToName ? ":{"u8 : ":"u8);
                close = leadsToName ? "}" + close : close;
            }
            else
            {
                open.Write("["u8);
                if (leadsToName)
                {
                    open.Write("{"u8);
                    WriteLead(json, segment, isToolCall: i == DeepestToolCalls && NameOf(json, _path[i - 1]).SequenceEqual("\"tool_calls\""u8), open);
                }

                close = (leadsToName ? "}]" : "]") + close;
            }
        }

        return (open.WrittenSpan.ToArray(), Encoding.UTF8.GetBytes(close[..^1] + ",\"finish_reason\":null}"));
    }

    /// <summary>Writes what tells an element of a list from others: its index as it came, the type of a part, the id of a call that has no index.</summary>
    private void WriteLead(ReadOnlySpan<byte> json, Segment element, bool isToolCall, ArrayBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(json[element.Start..], ReaderOptions);
        reader.Read();
        var hasIndex = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIndex = reader.ValueTextEquals("index"u8);
            var isWanted = isIndex || (isToolCall ? reader.ValueTextEquals("id"u8) : reader.ValueTextEquals("type"u8));
            var name = json.Slice(element.Start + (int)reader.TokenStartIndex, reader.ValueSpan.Length + 2);
            reader.Read();
            hasIndex |= isIndex && reader.TokenType is JsonTokenType.Number or JsonTokenType.String;
            if (isWanted && (!isToolCall || isIndex))
            {
                WriteShared(json[element.Start..], ref reader, name, output);
            }

            reader.Skip();
        }

        if (hasIndex)
        {
            return;
        }

        if (!isToolCall)
        {
            output.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"index\":{element.Index},")));
            return;
        }

        reader = new Utf8JsonReader(json[element.Start..], ReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (isId)
            {
                WriteShared(json[element.Start..], ref reader, "\"id\""u8, output);
            }

            reader.Skip();
        }
    }

    /// <summary>Writes a member as it came, but filtered, with the comma after it.</summary>
    private void WriteShared(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, ReadOnlySpan<byte> name, ArrayBufferWriter<byte> output)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            return;
        }

        output.Write(name);
        output.Write(":"u8);
        if (reader.TokenType == JsonTokenType.String)
        {
            WholeTexts.Write(reader.ValueSpan, reader.ValueIsEscaped, output);
        }
        else
        {
            output.Write(json[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]);
        }

        output.Write(","u8);
    }

    private int SlotOf(Utf8JsonReader reader, AnswerChoice choice, int ordinal)
    {
        ReadOnlySpan<byte> id = [];
        int? index = null;
        var hasName = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            var isIndex = reader.ValueTextEquals("index"u8);
            var isFunction = reader.ValueTextEquals("function"u8) || reader.ValueTextEquals("custom"u8);
            reader.Read();
            if (isId && reader.TokenType == JsonTokenType.String)
            {
                id = reader.ValueSpan;
            }
            else if (isIndex)
            {
                index = ChatIndex.Read(ref reader);
            }
            else if (isFunction && reader.TokenType == JsonTokenType.StartObject)
            {
                hasName = HasName(reader);
            }

            reader.Skip();
        }

        var at = _toolCalls.FindIndex(calls => calls.Choice == choice.Index);
        if (at < 0)
        {
            at = _toolCalls.Count;
            _toolCalls.Add((choice.Index, new ChatToolCalls()));
        }

        return _toolCalls[at].Calls.SlotOf(id, index, hasName, ordinal);
    }

    private static bool HasName(Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.ValueTextEquals("name"u8);
            reader.Read();
            if (isName)
            {
                return reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > 0;
            }

            reader.Skip();
        }

        return false;
    }

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> json, Segment segment) => json.Slice(segment.Start, segment.Length);

    private static bool IsOneOf(string[] names, ref Utf8JsonReader reader)
    {
        foreach (var name in names)
        {
            if (name.Length == reader.ValueSpan.Length && reader.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    // The text of a message, also as parts; not what is inside of a tool call.
    private bool IsContent(ref Utf8JsonReader reader) =>
        (_path.Count == 1 && reader.ValueTextEquals("content"u8)) || (_path.Count == 3 && reader.ValueTextEquals("text"u8));

    private static bool IsShared(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("id"u8) || reader.ValueTextEquals("object"u8) || reader.ValueTextEquals("created"u8)
        || reader.ValueTextEquals("model"u8) || reader.ValueTextEquals("system_fingerprint"u8);

    private static void RequireNull(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Null)
        {
            throw new JsonException(); // text may be in it, and where cannot be told
        }
    }

    /// <summary>The member <c>index</c> of the object that the reader stands on. It need not be the first; null when there is none that is a number.</summary>
    private static int? IndexOf(Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIndex = reader.ValueTextEquals("index"u8);
            reader.Read();
            if (isIndex)
            {
                return ChatIndex.Read(ref reader);
            }

            reader.Skip();
        }

        return null;
    }

    private static ulong Hash(ulong hash, ReadOnlySpan<byte> name)
    {
        foreach (var b in name)
        {
            hash = (hash ^ b) * 1099511628211;
        }

        return (hash ^ '.') * 1099511628211;
    }

    private static ulong Hash(ulong hash, ulong index) => ((hash ^ '#') * 1099511628211 ^ index) * 1099511628211;

    /// <summary>A step on the way to a value: a name with its quotes, or a place in an array, where its element starts.</summary>
    private readonly record struct Segment(int Start, int Length, int Index);
}
