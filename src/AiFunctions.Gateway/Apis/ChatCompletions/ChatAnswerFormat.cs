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
    public override AnswerReader NewReader(FilterPolicy policy, SystemText? systemText, bool isJson) => new ChatAnswerReader(policy, systemText, isJson);

    /// <inheritdoc/>
    public override bool IsEnd(ReadOnlySpan<byte> sseEvent) => SseData.DataOf(sseEvent).SequenceEqual("[DONE]"u8);

    /// <inheritdoc/>
    public override bool TryOutline(ReadOnlySpan<byte> json, AnswerProgress? progress, out AnswerOutline outline)
    {
        outline = default;
        if (json.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
        {
            return false;
        }

        try
        {
            outline = new ChatAnswerOutline(json, progress).Read();
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // the second is for half a surrogate pair in a name
        }
    }

    /// <summary>The most tokens that the texts in it can be: content, refusals, reasoning, tool calls' names and arguments.</summary>
    public override long CountText(ReadOnlySpan<byte> json, in AnswerOutline outline, TokenEstimator estimator, TokenizerFamily family)
    {
        try
        {
            return outline.Texts.IsPresent ? CountText(json.Slice(outline.Texts.Start, outline.Texts.Length), estimator, family) : 0;
        }
        catch (InvalidOperationException)
        {
            return outline.Texts.Length; // half a surrogate pair, or no UTF-8: the bytes are many enough
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
}
