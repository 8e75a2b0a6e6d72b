using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Answers;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.Relay;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>
/// The texts of OpenAI's chat completions and legacy completions, whole and streamed. Every string of a choice is text, also in members that
/// are not known here, unless it is named among those that hold none: a new member of a model server is filtered, not forgotten.
/// </summary>
internal sealed class ChatAnswerReader(FilterPolicy policy, SystemText? systemText) : AnswerReader(policy, systemText)
{
    private const int DeepestIndexed = 4;
    private const ulong StableSeed = 14695981039346656037;
    private const int ReasoningRank = 0;
    private const int ContentRank = 1;
    private const int OtherRank = 2;
    private const int ToolRank = 3;

    private static readonly string[] WithoutText =
    [
        "role", "id", "type", "name", "object", "status", "format", "data", "signature", "encrypted_content", "index", "stop_reason", "matched_stop",
        "annotations", "content_filter_results", "content_filter_offsets", "expires_at", "recipient", "mime_type",
    ];

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = SseData.DeepestAnswer };

    private readonly List<Segment> _path = [];

    // The members that all events of an answer share, with the comma after them: "id":…,"model":…, Empty before the first event.
    private byte[]? _header;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> BlockedReason => "\"content_filter\""u8;

    /// <inheritdoc/>
    public override bool IsEnd(ReadOnlySpan<byte> data) => data.SequenceEqual("[DONE]"u8);

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
        var header = _header is null ? new ArrayBufferWriter<byte>() : null;
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

            var isHeader = header is not null && IsShared(ref reader);
            var start = (int)reader.TokenStartIndex;
            reader.Read();
            reader.Skip();
            if (isHeader)
            {
                header!.Write(json[start..(int)reader.BytesConsumed]);
                header!.Write(","u8);
            }
        }

        if (reader.Read())
        {
            throw new JsonException();
        }

        _header ??= header!.WrittenSpan.ToArray();
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

            var choice = ChoiceAt(IndexOf(reader, ordinal));
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("finish_reason"u8))
                {
                    reader.Read();
                    AddSpot(ref reader, AnswerSpotKind.FinishReason, choice, null);
                }
                else if (reader.ValueTextEquals("logprobs"u8))
                {
                    reader.Read();
                    AddSpot(ref reader, AnswerSpotKind.Probabilities, choice, null);
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
        if (HoldsNoText(ref reader))
        {
            reader.Read();
            reader.Skip();
            return;
        }

        var isJson = reader.ValueTextEquals("arguments"u8);
        key = Hash(key, reader.ValueSpan);
        _path.Add(new Segment((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2, -1));
        reader.Read();
        ReadValue(json, ref reader, choice, key, isJson);
        _path.RemoveAt(_path.Count - 1);
    }

    private void ReadValue(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, AnswerChoice choice, ulong key, bool isJson)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                AddSpot(ref reader, AnswerSpotKind.Text, choice, ChannelOf(json, choice, key, isJson));
                break;
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    ReadMember(json, ref reader, choice, key);
                }

                break;
            case JsonTokenType.StartArray:
                for (var ordinal = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; ordinal++)
                {
                    var index = reader.TokenType == JsonTokenType.StartObject && _path.Count < DeepestIndexed ? IndexOf(reader, ordinal) : ordinal;
                    _path.Add(new Segment(0, 0, index));
                    ReadValue(json, ref reader, choice, Hash(key, (ulong)index), isJson);
                    _path.RemoveAt(_path.Count - 1);
                }

                break;
            default:
                break; // numbers, true, false, null
        }
    }

    private AnswerChannel ChannelOf(ReadOnlySpan<byte> json, AnswerChoice choice, ulong key, bool isJson)
    {
        if (FindChannel(choice, key) is { } known)
        {
            return known;
        }

        var (open, close) = Shape(json, choice.Index);
        return AddChannel(choice, key, RankOf(json), isJson, open, close);
    }

    // Models write in this order, and so text that is withheld after a block is the same whether it streamed or not.
    private int RankOf(ReadOnlySpan<byte> json)
    {
        var rank = OtherRank;
        foreach (var segment in _path)
        {
            var name = json.Slice(segment.Start, segment.Length);
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
            else if (rank >= ToolRank && segment.Index >= 0)
            {
                return ToolRank + segment.Index;
            }
        }

        return rank;
    }

    private (byte[] Open, byte[] Close) Shape(ReadOnlySpan<byte> json, int index)
    {
        var open = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{{\"index\":{index},");
        var close = "}";
        for (var i = 0; i < _path.Count; i++)
        {
            var segment = _path[i];
            var leadsToName = i + 1 < _path.Count && _path[i + 1].Index < 0;
            if (segment.Index < 0)
            {
                open.Append(Encoding.UTF8.GetString(json.Slice(segment.Start, segment.Length))).Append(leadsToName ? ":{" : ":");
                close = leadsToName ? "}" + close : close;
            }
            else
            {
                open.Append('[');
                open.Append(leadsToName ? string.Create(CultureInfo.InvariantCulture, $"{{\"index\":{segment.Index},") : "");
                close = (leadsToName ? "}]" : "]") + close;
            }
        }

        return (Encoding.UTF8.GetBytes(open.ToString()), Encoding.UTF8.GetBytes(close[..^1] + ",\"finish_reason\":null}"));
    }

    private static bool HoldsNoText(ref Utf8JsonReader reader)
    {
        foreach (var name in WithoutText)
        {
            if (name.Length == reader.ValueSpan.Length && reader.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }

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

    /// <summary>The member <c>index</c> of the object that the reader stands on. It need not be the first.</summary>
    private static int IndexOf(Utf8JsonReader reader, int ordinal)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIndex = reader.ValueTextEquals("index"u8);
            reader.Read();
            if (isIndex)
            {
                return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index) && index >= 0 ? index : throw new JsonException();
            }

            reader.Skip();
        }

        return ordinal;
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

    /// <summary>A step on the way to a value: a name with its quotes, or a place in an array.</summary>
    private readonly record struct Segment(int Start, int Length, int Index);
}
