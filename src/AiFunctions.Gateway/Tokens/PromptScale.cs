using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AiFunctions.Gateway.Tokens;

/// <summary>Weighs one chat request, in one pass over its bytes.</summary>
/// <remarks>
/// Whatever could reach the prompt counts: the texts of the messages, unescaped, and every other field as the JSON that it is (tools,
/// functions, a response format's schema, fields that only some servers know), but for those that are known to steer only.
/// </remarks>
internal ref struct PromptScale(TokenEstimator estimator, TokenizerFamily family, int imageTokens)
{
    private const int LongestStructuralText = 64;
    private const int TokensPerText = 2;

    // Ten tokens a second (OpenAI's audio models) in base64 of the thinnest audio there is, MP3 of 8 kbit/s.
    private const int AudioBytesPerToken = 64;

    // Beside its text: role, name and turn markers. OpenAI counts 3 to 4 a message; other servers' templates have longer markers,
    // a preamble of their own, and instructions for the use of tools.
    private readonly int _tokensPerRequest = family == TokenizerFamily.O200k ? 16 : 128;
    private readonly int _tokensPerMessage = family == TokenizerFamily.O200k ? 8 : 16;
    private readonly int _tokensPerField = family == TokenizerFamily.O200k ? 32 : 256;

    private int _cutLeft = TokenEstimator.LongestCut;
    private long _tokens;
    private long _characters;

    public PromptSize Weigh(ReadOnlySpan<byte> json)
    {
        _tokens = _tokensPerRequest;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("messages"u8))
            {
                reader.Read();
                WeighMessages(ref reader);
            }
            else
            {
                WeighField(ref reader, json);
            }
        }

        return new PromptSize(_tokens, _characters);
    }

    private void WeighMessages(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            WeighValue(ref reader, Member.Other, Member.Other);
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            _tokens += _tokensPerMessage;
            WeighValue(ref reader, Member.Other, Member.Other);
        }
    }

    private void WeighField(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var steersOnly = SteersOnly(ref reader);
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var isPlain = reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.String);
        reader.Skip();
        if (steersOnly || isPlain)
        {
            return;
        }

        var value = json[start..(int)reader.BytesConsumed];
        _tokens += _tokensPerField + (value.Count("{"u8) * TokensPerText);
        if (!estimator.NeedsText(family) || value.Length > _cutLeft)
        {
            _tokens += value.Length;
            return;
        }

        var text = ArrayPool<char>.Shared.Rent(value.Length);
        try
        {
            Count(text.AsSpan(0, Encoding.UTF8.GetChars(value, text)), value.Length);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text, clearArray: true);
        }
    }

    private void WeighValue(ref Utf8JsonReader reader, Member name, Member parent)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var member = MemberOf(ref reader);
                    reader.Read();
                    WeighValue(ref reader, member, name);
                }

                break;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    WeighValue(ref reader, name, parent);
                }

                break;
            case JsonTokenType.String when name == Member.ImageUrl || (name == Member.Url && parent == Member.ImageUrl):
                _tokens += imageTokens;
                break;
            case JsonTokenType.String when name == Member.Data && parent == Member.InputAudio:
                _tokens += imageTokens + (reader.ValueSpan.Length / AudioBytesPerToken);
                break;
            case JsonTokenType.String:
                WeighText(ref reader, name);
                break;
            default:
                _tokens += reader.ValueSpan.Length;
                break;
        }
    }

    private void WeighText(ref Utf8JsonReader reader, Member name)
    {
        _tokens += TokensPerText;
        var raw = reader.ValueSpan;
        if (!reader.ValueIsEscaped && (!estimator.NeedsText(family) || raw.Length > _cutLeft))
        {
            // Only its length counts: no copy.
            AddCharacters(Encoding.UTF8.GetCharCount(raw), name);
            _tokens += raw.Length;
            return;
        }

        var text = ArrayPool<char>.Shared.Rent(raw.Length);
        try
        {
            var characters = text.AsSpan(0, reader.CopyString(text));
            AddCharacters(characters.Length, name);
            Count(characters, reader.ValueIsEscaped ? Encoding.UTF8.GetByteCount(characters) : raw.Length);
        }
        finally
        {
            // It held a client's text.
            ArrayPool<char>.Shared.Return(text, clearArray: true);
        }
    }

    private void Count(ReadOnlySpan<char> text, int utf8Length)
    {
        if (utf8Length > _cutLeft)
        {
            _tokens += utf8Length;
            return;
        }

        _cutLeft -= utf8Length;
        _tokens += estimator.Count(text, utf8Length, family);
    }

    private void AddCharacters(int count, Member name) =>
        _characters += name == Member.Structural && count <= LongestStructuralText ? 0 : count;

    private static bool SteersOnly(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("model"u8) || reader.ValueTextEquals("stream_options"u8) || reader.ValueTextEquals("metadata"u8)
        || reader.ValueTextEquals("logit_bias"u8) || reader.ValueTextEquals("user"u8) || reader.ValueTextEquals("stop"u8)
        || reader.ValueTextEquals("service_tier"u8) || reader.ValueTextEquals("reasoning_effort"u8) || reader.ValueTextEquals("verbosity"u8)
        || reader.ValueTextEquals("modalities"u8) || reader.ValueTextEquals("prompt_cache_key"u8) || reader.ValueTextEquals("safety_identifier"u8);

    private static Member MemberOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("role"u8) || reader.ValueTextEquals("type"u8) || reader.ValueTextEquals("id"u8)
        || reader.ValueTextEquals("tool_call_id"u8) || reader.ValueTextEquals("detail"u8) ? Member.Structural
        : reader.ValueTextEquals("image_url"u8) ? Member.ImageUrl
        : reader.ValueTextEquals("url"u8) ? Member.Url
        : reader.ValueTextEquals("input_audio"u8) ? Member.InputAudio
        : reader.ValueTextEquals("data"u8) ? Member.Data
        : Member.Other;

    private enum Member
    {
        Other,
        Structural,
        ImageUrl,
        Url,
        InputAudio,
        Data,
    }
}
