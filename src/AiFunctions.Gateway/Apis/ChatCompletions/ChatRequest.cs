using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.Upstreams;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>
/// A chat request as the upstreams get it: the caller's own bytes, with the length of the answer capped, and with usage asked for when
/// the answer is streamed. Not for concurrent use.
/// </summary>
internal sealed class ChatRequest : ModelRequest
{
    private const long MostChoices = int.MaxValue; // beyond all limits, and no overflow

    private static readonly byte[] True = "true"u8.ToArray();
    private static readonly byte[] UsageOptions = """{"include_usage":true}"""u8.ToArray();

    private readonly ReadOnlyMemory<byte> _body;
    private readonly ChatRequestOutline _outline;
    private readonly long _cap;
    private readonly byte[] _capText;
    private (UpstreamDialect Dialect, ReadOnlySequence<byte> Body)? _edited;

    /// <summary>Reads the caller's request.</summary>
    /// <param name="body">A valid JSON object that names no field twice.</param>
    /// <param name="cap">The most tokens of one answer choice.</param>
    public ChatRequest(ReadOnlyMemory<byte> body, long cap)
    {
        _body = body;
        _cap = cap;
        _capText = Encoding.UTF8.GetBytes(cap.ToString(CultureInfo.InvariantCulture));
        _outline = new ChatRequestOutline(body.Span);
    }

    /// <inheritdoc/>
    public override bool IsStream => _outline.IsStream;

    /// <inheritdoc/>
    public override bool WantsJson => _outline.WantsJson;

    /// <inheritdoc/>
    public override bool AsksForUsage => _outline.IsStream && _outline.IncludeUsage.Kind == JsonTokenType.True;

    /// <inheritdoc/>
    public override long MostOutputTokens
    {
        get
        {
            var set = Math.Max(Math.Max(_outline.MaxTokensValue, _outline.MaxCompletionTokensValue), _outline.Own.Largest);
            return Math.Min(_outline.Choices, MostChoices) * (set > 0 ? Math.Min(set, _cap) : _cap);
        }
    }

    /// <inheritdoc/>
    public override ReadOnlySequence<byte> For(UpstreamDialect dialect)
    {
        if (_edited is not { } edited || edited.Dialect != dialect)
        {
            _edited = edited = (dialect, Edit(dialect));
        }

        return edited.Body;
    }

    private ReadOnlySequence<byte> Edit(UpstreamDialect dialect)
    {
        var splices = default(JsonSplices);
        var newMembers = new StringBuilder();
        LimitOutput(ref splices, newMembers, dialect.LimitField);
        if (dialect.AsksForUsage)
        {
            AskForUsage(ref splices, newMembers);
        }

        if (newMembers.Length > 0)
        {
            newMembers.Length -= _outline.IsEmpty ? 1 : 0; // the last comma
            splices.Add(_outline.FirstMember, 0, Encoding.UTF8.GetBytes(newMembers.ToString()));
        }

        return splices.Apply(_body);
    }

    private void LimitOutput(ref JsonSplices splices, StringBuilder newMembers, OutputLimitField field)
    {
        Lower(ref splices, _outline.MaxTokens, _outline.MaxTokensValue);
        Lower(ref splices, _outline.MaxCompletionTokens, _outline.MaxCompletionTokensValue);
        _outline.Own.Lower(ref splices, _cap, _capText);
        if (field == OutputLimitField.None)
        {
            return;
        }

        var (own, other, otherValue) = field == OutputLimitField.MaxTokens
            ? (_outline.MaxTokens, _outline.MaxCompletionTokens, _outline.MaxCompletionTokensValue)
            : (_outline.MaxCompletionTokens, _outline.MaxTokens, _outline.MaxTokensValue);

        // OpenAI refuses a request with both, and honours or refuses max_tokens alone. Other servers may not know
        // max_completion_tokens, and one that ignores it would answer at any length: they get the limit by the name that all know.
        if (own.IsNumber || (other.IsNumber && field == OutputLimitField.MaxCompletionTokens))
        {
            return;
        }

        var asked = other.IsNumber ? otherValue : _outline.Own.Most;
        var limit = (asked > 0 ? Math.Min(asked, _cap) : _cap).ToString(CultureInfo.InvariantCulture);
        if (own.IsPresent)
        {
            splices.Add(own.Start, own.Length, Encoding.UTF8.GetBytes(limit));
        }
        else
        {
            newMembers.Append(field == OutputLimitField.MaxTokens ? "\"max_tokens\":" : "\"max_completion_tokens\":").Append(limit).Append(',');
        }
    }

    private void Lower(ref JsonSplices splices, JsonSpot spot, long value)
    {
        if (spot.IsNumber && value > _cap)
        {
            splices.Add(spot.Start, spot.Length, _capText);
        }
    }

    private void AskForUsage(ref JsonSplices splices, StringBuilder newMembers)
    {
        if (!_outline.IsStream || AsksForUsage)
        {
            return;
        }

        var options = _outline.StreamOptions;
        if (!options.IsPresent)
        {
            newMembers.Append("\"stream_options\":{\"include_usage\":true},");
        }
        else if (options.Kind != JsonTokenType.StartObject)
        {
            splices.Add(options.Start, options.Length, UsageOptions);
        }
        else if (_outline.IncludeUsage.IsPresent)
        {
            splices.Add(_outline.IncludeUsage.Start, _outline.IncludeUsage.Length, True);
        }
        else
        {
            splices.Add(options.Start + 1, 0, Encoding.UTF8.GetBytes(_outline.StreamOptionsAreEmpty ? "\"include_usage\":true" : "\"include_usage\":true,"));
        }
    }
}
