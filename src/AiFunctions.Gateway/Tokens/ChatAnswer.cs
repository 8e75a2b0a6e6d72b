using System.Buffers;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Relay;

namespace AiFunctions.Gateway.Tokens;

/// <summary>Looks at a chat answer, or at one chunk of a streamed one, for what bears on tokens.</summary>
internal readonly ref struct ChatAnswer
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = SseData.DeepestAnswer };

    private readonly ReadOnlySpan<byte> _json;
    private readonly JsonSpot _choices;
    private readonly JsonSpot _usage;
    private readonly int _cutStart;
    private readonly int _cutEnd;

    private ChatAnswer(ReadOnlySpan<byte> json)
    {
        _json = json;
        var reader = new Utf8JsonReader(json, ReaderOptions);
        reader.Read();
        var isFirst = true;
        var previousEnd = (int)reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameStart = (int)reader.TokenStartIndex;
            var isChoices = reader.ValueTextEquals("choices"u8);
            var isUsage = reader.ValueTextEquals("usage"u8);
            reader.Read();
            var value = JsonSpot.Take(ref reader);
            var end = (int)reader.BytesConsumed;
            if (isChoices)
            {
                _choices = value;
            }
            else if (isUsage)
            {
                _usage = value;
                (Usage, PromptUsage) = value.Kind == JsonTokenType.StartObject ? ReadUsage(json.Slice(value.Start, value.Length)) : (null, 0);
                _cutStart = isFirst ? nameStart : previousEnd; // with the comma before it
                _cutEnd = end;
                if (isFirst)
                {
                    var comma = json[end..].IndexOfAnyExcept(" \t\r\n"u8);
                    _cutEnd += comma >= 0 && json[end + comma] == ',' ? comma + 1 : 0; // with the comma after it
                }
            }

            isFirst = false;
            previousEnd = end;
        }
    }

    /// <summary>Whether it has a <c>usage</c>, if only null.</summary>
    public bool MentionsUsage => _usage.IsPresent;

    /// <summary>Whether it is the chunk that reports usage and nothing else.</summary>
    public bool IsUsageOnly =>
        _usage.Kind == JsonTokenType.StartObject && _choices.Kind == JsonTokenType.StartArray
        && _json.Slice(_choices.Start + 1, _choices.Length - 2).IndexOfAnyExcept(" \t\r\n"u8) < 0;

    /// <summary>Tokens that it reports as used so far; null when it reports none.</summary>
    public long? Usage { get; }

    /// <summary>Those of the prompt among them; 0 when it does not say.</summary>
    public long PromptUsage { get; }

    /// <summary>What stands before its <c>usage</c>, with <see cref="AfterUsage"/> a JSON object again.</summary>
    public ReadOnlySpan<byte> BeforeUsage => _json[.._cutStart];

    /// <summary>What stands after its <c>usage</c>.</summary>
    public ReadOnlySpan<byte> AfterUsage => _json[_cutEnd..];

    /// <summary>Reads an answer or a chunk.</summary>
    /// <returns>Whether it is a JSON object.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out ChatAnswer answer)
    {
        answer = default;
        if (json.IsEmpty || json[0] != '{')
        {
            return false;
        }

        try
        {
            answer = new ChatAnswer(json);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // the second is for half a surrogate pair in a name
        }
    }

    /// <summary>The most tokens that the texts in it can be: content, refusals, reasoning, tool calls' names and arguments.</summary>
    public long CountText(TokenEstimator estimator, TokenizerFamily family)
    {
        try
        {
            return _choices.IsPresent ? CountText(_json.Slice(_choices.Start, _choices.Length), estimator, family) : 0;
        }
        catch (InvalidOperationException)
        {
            return _choices.Length; // half a surrogate pair, or no UTF-8: the bytes are many enough
        }
    }

    private static long CountText(ReadOnlySpan<byte> choices, TokenEstimator estimator, TokenizerFamily family)
    {
        var tokens = 0L;
        var skip = true;
        var reader = new Utf8JsonReader(choices, ReaderOptions);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                skip = reader.ValueTextEquals("role"u8) || reader.ValueTextEquals("id"u8) || reader.ValueTextEquals("type"u8)
                    || reader.ValueTextEquals("finish_reason"u8);
                if (reader.ValueTextEquals("logprobs"u8) || reader.ValueTextEquals("content_filter_results"u8))
                {
                    reader.Read();
                    reader.Skip();
                }
            }
            else if (reader.TokenType == JsonTokenType.String && !skip)
            {
                tokens += CountText(ref reader, estimator, family);
            }
        }

        return tokens;
    }

    private static long CountText(ref Utf8JsonReader reader, TokenEstimator estimator, TokenizerFamily family)
    {
        var raw = reader.ValueSpan;
        if (!reader.ValueIsEscaped && !estimator.NeedsText(family))
        {
            return raw.Length;
        }

        var text = ArrayPool<char>.Shared.Rent(raw.Length);
        try
        {
            var characters = text.AsSpan(0, reader.CopyString(text));
            return estimator.Count(characters, reader.ValueIsEscaped ? Encoding.UTF8.GetByteCount(characters) : raw.Length, family);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text, clearArray: true);
        }
    }

    private static (long? All, long Prompt) ReadUsage(ReadOnlySpan<byte> usage)
    {
        var (total, prompt, completion) = (0L, 0L, 0L);
        var reader = new Utf8JsonReader(usage, ReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("total_tokens"u8))
            {
                total = Number(ref reader);
            }
            else if (reader.ValueTextEquals("prompt_tokens"u8))
            {
                prompt = Number(ref reader);
            }
            else if (reader.ValueTextEquals("completion_tokens"u8))
            {
                completion = Number(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        // Some servers count reasoning in the total only. A report of nothing is no report: a prompt is at least a token.
        var used = Math.Max(total, prompt + completion);
        return used > 0 ? (used, prompt) : (null, 0);
    }

    private static long Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        var number = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) ? Math.Max(value, 0) : 0;
        reader.Skip();
        return number;
    }
}
