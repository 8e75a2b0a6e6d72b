using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.OutputFilter.Text;
using AiFunctions.Gateway.Relay;

namespace AiFunctions.Gateway.OutputFilter.Wire;

/// <summary>Finds the texts in an answer's JSON, or in one event's, and keeps the choices that they belong to.</summary>
internal sealed class AnswerScanner(AnswerFormat format, FilterPolicy policy, SystemText? systemText)
{
    private const int MostChoices = 1024;
    private const int MostChannels = 4096;
    private const int DeepestIndexed = 4;
    private const ulong StableSeed = 14695981039346656037;
    private const int ReasoningRank = 0;
    private const int ContentRank = 1;
    private const int OtherRank = 2;
    private const int ToolRank = 3;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = SseData.DeepestAnswer };

    private readonly List<Segment> _path = [];
    private byte[]? _header;
    private AnswerSpot[] _spots = new AnswerSpot[4];
    private int _spotCount;

    public List<AnswerChoice> Choices { get; } = new(1);

    /// <summary>What was found, in the order of the bytes.</summary>
    public Span<AnswerSpot> Spots => _spots.AsSpan(0, _spotCount);

    /// <summary>The members that all events of an answer share, with the comma after them: <c>"id":…,"model":…,</c>. Empty before the first event.</summary>
    public ReadOnlySpan<byte> Header => _header;

    /// <summary>Reads an object.</summary>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    /// <exception cref="InvalidOperationException">A name in it is no text.</exception>
    public void Read(ReadOnlySpan<byte> json)
    {
        _spotCount = 0;
        var header = _header is null ? new ArrayBufferWriter<byte>() : null;
        var reader = new Utf8JsonReader(json, ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(format.Choices))
            {
                reader.Read();
                ReadChoices(json, ref reader);
                continue;
            }

            var isHeader = header is not null && (reader.ValueTextEquals("id"u8) || reader.ValueTextEquals("object"u8) || reader.ValueTextEquals("created"u8) || reader.ValueTextEquals("model"u8) || reader.ValueTextEquals("system_fingerprint"u8));
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
                if (reader.ValueTextEquals(format.FinishReason))
                {
                    reader.Read();
                    AddSpot(ref reader, AnswerSpotKind.FinishReason, choice, null);
                }
                else if (reader.ValueTextEquals(format.Probabilities))
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

        var isJson = IsJson(ref reader);
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

    private void AddSpot(ref Utf8JsonReader reader, AnswerSpotKind kind, AnswerChoice choice, AnswerChannel? channel)
    {
        if (_spotCount == _spots.Length)
        {
            Array.Resize(ref _spots, _spots.Length * 2);
        }

        var start = (int)reader.TokenStartIndex;
        var isNull = reader.TokenType == JsonTokenType.Null;
        var isEscaped = reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped;
        reader.Skip();
        if (!isNull)
        {
            _spots[_spotCount++] = new AnswerSpot { Start = start, Length = (int)reader.BytesConsumed - start, Kind = kind, Choice = choice, Channel = channel, IsEscaped = isEscaped };
        }
    }

    private AnswerChoice ChoiceAt(int index)
    {
        foreach (var choice in Choices)
        {
            if (choice.Index == index)
            {
                return choice;
            }
        }

        if (Choices.Count == MostChoices)
        {
            throw new JsonException();
        }

        Choices.Add(new AnswerChoice(index));
        return Choices[^1];
    }

    private AnswerChannel ChannelOf(ReadOnlySpan<byte> json, AnswerChoice choice, ulong key, bool isJson)
    {
        foreach (var channel in choice.Channels)
        {
            if (channel.Key == key)
            {
                return channel;
            }
        }

        if (choice.Channels.Count == MostChannels)
        {
            throw new JsonException();
        }

        var (open, close) = Shape(json, choice.Index);
        var created = new AnswerChannel(key, RankOf(json), new TextFilter(policy, isJson, systemText), open, close);
        choice.Channels.Add(created);
        return created;
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

    private bool HoldsNoText(ref Utf8JsonReader reader)
    {
        foreach (var name in format.WithoutText)
        {
            if (name.Length == reader.ValueSpan.Length && reader.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsJson(ref Utf8JsonReader reader)
    {
        foreach (var name in format.Json)
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }

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
