using System.Buffers;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Answers;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.Relay;
using AiFunctions.Gateway.Tokens;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>The answers of OpenAI's chat completions, whole and as events that end with <c>[DONE]</c>.</summary>
internal sealed class ChatAnswerFormat : AnswerFormat
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = SseData.DeepestAnswer };

    /// <inheritdoc/>
    public override AnswerReader NewReader(FilterPolicy policy, SystemText? systemText) => new ChatAnswerReader(policy, systemText);

    /// <inheritdoc/>
    public override bool IsEnd(ReadOnlySpan<byte> sseEvent) => SseData.DataOf(sseEvent).SequenceEqual("[DONE]"u8);

    /// <summary>Whether an event ends a choice.</summary>
    public override bool Completes(ReadOnlySpan<byte> sseEvent)
    {
        var at = sseEvent.IndexOf("\"finish_reason\""u8);
        return at >= 0 && sseEvent[(at + "\"finish_reason\""u8.Length)..].TrimStart(": "u8) is [(byte)'"', ..];
    }

    /// <inheritdoc/>
    public override bool TryReadUsage(ReadOnlySpan<byte> json, out AnswerUsage usage)
    {
        usage = default;
        if (json.IsEmpty || json[0] != '{')
        {
            return false;
        }

        try
        {
            usage = ReadUsage(json);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // the second is for half a surrogate pair in a name
        }
    }

    /// <summary>The most tokens that the texts in it can be: content, refusals, reasoning, tool calls' names and arguments.</summary>
    public override long CountText(ReadOnlySpan<byte> json, in AnswerUsage usage, TokenEstimator estimator, TokenizerFamily family)
    {
        try
        {
            return usage.Texts.IsPresent ? CountText(json.Slice(usage.Texts.Start, usage.Texts.Length), estimator, family) : 0;
        }
        catch (InvalidOperationException)
        {
            return usage.Texts.Length; // half a surrogate pair, or no UTF-8: the bytes are many enough
        }
    }

    private static AnswerUsage ReadUsage(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, ReaderOptions);
        reader.Read();
        var isFirst = true;
        var previousEnd = (int)reader.BytesConsumed;
        JsonSpot choices = default, usage = default;
        var (used, prompt) = (0L, 0L);
        var (cutStart, cutEnd) = (0, 0);
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
                choices = value;
            }
            else if (isUsage)
            {
                usage = value;
                (used, prompt) = value.Kind == JsonTokenType.StartObject ? OpenAIUsage.Read(json.Slice(value.Start, value.Length)) : default;
                cutStart = isFirst ? nameStart : previousEnd; // with the comma before it
                cutEnd = end;
                if (isFirst)
                {
                    var comma = json[end..].IndexOfAnyExcept(" \t\r\n"u8);
                    cutEnd += comma >= 0 && json[end + comma] == ',' ? comma + 1 : 0; // with the comma after it
                }
            }

            isFirst = false;
            previousEnd = end;
        }

        return new AnswerUsage
        {
            Used = used > 0 ? used : null,
            Prompt = prompt,
            IsMentioned = usage.IsPresent,
            IsAll = usage.Kind == JsonTokenType.StartObject && choices.Kind == JsonTokenType.StartArray
                && json.Slice(choices.Start + 1, choices.Length - 2).IndexOfAnyExcept(" \t\r\n"u8) < 0,
            Start = cutStart,
            End = cutEnd,
            Texts = choices,
        };
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
}
