using System.Text.Json;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.Relay;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>Reads what a chat answer, or an event of a streamed one, is: which of its members there are, how far its choices are, what it reports as used.</summary>
/// <param name="json">A JSON object.</param>
/// <param name="progress">Is told of the choices; null when nobody wants to know.</param>
internal ref struct ChatAnswerOutline(ReadOnlySpan<byte> json, AnswerProgress? progress)
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = SseData.DeepestAnswer };

    private readonly ReadOnlySpan<byte> _json = json;
    private Utf8JsonReader _reader = new(json, ReaderOptions);
    private JsonSpot _choices;
    private JsonTokenType _usage;
    private long _used;
    private long _prompt;
    private int _cutStart;
    private int _cutEnd;
    private bool _isFailure;
    private bool _isOtherFormat;
    private bool _isMentioned;

    /// <summary>Reads it.</summary>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    /// <exception cref="InvalidOperationException">A name in it is no text.</exception>
    public AnswerOutline Read()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        var isFirst = true;
        var previousEnd = (int)_reader.BytesConsumed;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadMember(isFirst, previousEnd);
            isFirst = false;
            previousEnd = (int)_reader.BytesConsumed;
        }

        var isAnswer = _choices.Kind == JsonTokenType.StartArray;
        return new AnswerOutline
        {
            IsAnswer = isAnswer,
            IsFailure = _isFailure || (_isOtherFormat && !isAnswer),
            Used = _used > 0 ? _used : null,
            Prompt = _prompt,
            IsMentioned = _isMentioned,
            IsAll = _usage == JsonTokenType.StartObject && isAnswer
                && _json.Slice(_choices.Start + 1, _choices.Length - 2).IndexOfAnyExcept(" \t\r\n"u8) < 0,
            Start = _cutStart,
            End = _cutEnd,
            Texts = _choices,
        };
    }

    private void ReadMember(bool isFirst, int previousEnd)
    {
        var nameStart = (int)_reader.TokenStartIndex;
        if (_reader.ValueTextEquals("choices"u8))
        {
            ReadChoices();
        }
        else if (_reader.ValueTextEquals("usage"u8))
        {
            _usage = ReadUsage(nameStart, isFirst, previousEnd);
        }
        else if (_reader.ValueTextEquals("error"u8))
        {
            _isFailure |= ReadIsError();
        }
        else if (_reader.ValueTextEquals("object"u8) || _reader.ValueTextEquals("type"u8))
        {
            _reader.Read();
            _isFailure |= _reader.TokenType == JsonTokenType.String && _reader.ValueTextEquals("error"u8);
            _reader.Skip();
        }
        else if (_reader.ValueTextEquals("message"u8) || _reader.ValueTextEquals("detail"u8) || _reader.ValueTextEquals("code"u8)
            || _reader.ValueTextEquals("content"u8) || _reader.ValueTextEquals("delta"u8) || _reader.ValueTextEquals("response"u8)
            || _reader.ValueTextEquals("candidates"u8) || _reader.ValueTextEquals("output"u8) || _reader.ValueTextEquals("errors"u8))
        {
            _reader.Read();
            _isOtherFormat |= _reader.TokenType != JsonTokenType.Null;
            _reader.Skip();
        }
        else
        {
            _reader.Skip();
        }
    }

    private void ReadChoices()
    {
        _reader.Read();
        var start = (int)_reader.TokenStartIndex;
        var kind = _reader.TokenType;
        if (kind != JsonTokenType.StartArray)
        {
            _reader.Skip();
        }
        else
        {
            for (var ordinal = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; ordinal++)
            {
                ReadChoice(ordinal);
            }
        }

        _choices = new JsonSpot(start, (int)_reader.BytesConsumed - start, kind);
    }

    private void ReadChoice(int ordinal)
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _reader.Skip();
            return;
        }

        var index = ordinal;
        var (hasText, ends) = (false, false);
        var isFirst = true;
        var previousEnd = (int)_reader.BytesConsumed;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameStart = (int)_reader.TokenStartIndex;
            if (_reader.ValueTextEquals("usage"u8))
            {
                ReadUsage(nameStart, isFirst, previousEnd);
            }
            else if (_reader.ValueTextEquals("error"u8))
            {
                _isFailure |= ReadIsError();
            }
            else if (_reader.ValueTextEquals("index"u8))
            {
                _reader.Read();
                index = ChatIndex.Read(ref _reader) ?? ordinal;
                _reader.Skip();
            }
            else if (_reader.ValueTextEquals("finish_reason"u8))
            {
                _reader.Read();
                ends = ChatAnswerReader.IsReason(ref _reader);
                _reader.Skip();
            }
            else if (_reader.ValueTextEquals("delta"u8) || _reader.ValueTextEquals("message"u8))
            {
                _reader.Read();
                hasText |= ReadHasText();
            }
            else if (_reader.ValueTextEquals("text"u8))
            {
                _reader.Read();
                hasText |= IsText();
                _reader.Skip();
            }
            else
            {
                _reader.Skip();
            }

            isFirst = false;
            previousEnd = (int)_reader.BytesConsumed;
        }

        progress?.Note(index, hasText, ends);
    }

    private bool ReadHasText()
    {
        var hasText = false;
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _reader.Skip();
            return false;
        }

        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRole = _reader.ValueTextEquals("role"u8);
            _reader.Read();
            hasText |= !isRole && IsText();
            _reader.Skip();
        }

        return hasText;
    }

    // A list or an object counts as text: tool calls, parts.
    private readonly bool IsText() => _reader.TokenType switch
    {
        JsonTokenType.String => _reader.ValueSpan.Length > 0,
        JsonTokenType.StartObject => true,
        JsonTokenType.StartArray => _json[(int)_reader.BytesConsumed..].TrimStart(" \t\r\n"u8) is not [(byte)']', ..],
        _ => false,
    };

    // What the SDKs take for an error.
    private bool ReadIsError()
    {
        _reader.Read();
        var isError = _reader.TokenType switch
        {
            JsonTokenType.Null or JsonTokenType.False => false,
            JsonTokenType.String => _reader.ValueSpan.Length > 0,
            JsonTokenType.Number => !_reader.ValueSpan.SequenceEqual("0"u8),
            _ => true,
        };
        _reader.Skip();
        return isError;
    }

    private JsonTokenType ReadUsage(int nameStart, bool isFirst, int previousEnd)
    {
        _reader.Read();
        var value = JsonSpot.Take(ref _reader);
        if (value.Kind == JsonTokenType.StartObject)
        {
            var (used, prompt) = OpenAIUsage.Read(_json.Slice(value.Start, value.Length));
            (_used, _prompt) = used > _used ? (used, prompt) : (_used, _prompt);
        }

        _isMentioned = true;
        _cutStart = isFirst ? nameStart : previousEnd; // with the comma before it
        _cutEnd = (int)_reader.BytesConsumed;
        if (isFirst)
        {
            var comma = _json[_cutEnd..].IndexOfAnyExcept(" \t\r\n"u8);
            _cutEnd += comma >= 0 && _json[_cutEnd + comma] == ',' ? comma + 1 : 0; // with the comma after it
        }

        return value.Kind;
    }
}
