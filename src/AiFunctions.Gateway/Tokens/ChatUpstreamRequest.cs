using System.Globalization;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Upstreams;

namespace AiFunctions.Gateway.Tokens;

/// <summary>
/// A chat request as the upstreams get it: the caller's own bytes, with the length of the answer capped, and with usage asked for when
/// the answer is streamed. Not for concurrent use.
/// </summary>
internal sealed class ChatUpstreamRequest
{
    private static readonly byte[] True = "true"u8.ToArray();
    private static readonly byte[] UsageOptions = """{"include_usage":true}"""u8.ToArray();

    private readonly ReadOnlyMemory<byte> _body;
    private readonly ChatRequestOutline _outline;
    private readonly long _cap;
    private readonly ReadOnlyMemory<byte>?[] _edited = new ReadOnlyMemory<byte>?[2];

    /// <summary>Reads the caller's request.</summary>
    /// <param name="body">A valid JSON object that names no field twice.</param>
    /// <param name="cap">The most tokens of one answer choice.</param>
    public ChatUpstreamRequest(ReadOnlyMemory<byte> body, long cap)
    {
        _body = body;
        _cap = cap;
        _outline = new ChatRequestOutline(body.Span);
    }

    /// <summary>Whether the caller wants usage reported in its stream.</summary>
    public bool AsksForUsage => _outline.IsStream && _outline.IncludeUsage.Kind == JsonTokenType.True;

    /// <summary>The most tokens that all choices of the answer can have together.</summary>
    public long MostOutputTokens
    {
        get
        {
            var set = Math.Max(_outline.MaxTokensValue, _outline.MaxCompletionTokensValue);
            return _outline.Choices * (set > 0 ? Math.Min(set, _cap) : _cap);
        }
    }

    /// <summary>The body for an upstream.</summary>
    public ReadOnlyMemory<byte> For(Upstream upstream) => For(upstream.LimitField);

    /// <summary>The body for upstreams with this field.</summary>
    public ReadOnlyMemory<byte> For(OutputLimitField field) => _edited[(int)field] ??= Edit(field);

    private ReadOnlyMemory<byte> Edit(OutputLimitField field)
    {
        var splices = default(JsonSplices);
        var newMembers = new StringBuilder();
        LimitOutput(ref splices, newMembers, field);
        AskForUsage(ref splices, newMembers);
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

        var (own, other, otherValue) = field == OutputLimitField.MaxTokens
            ? (_outline.MaxTokens, _outline.MaxCompletionTokens, _outline.MaxCompletionTokensValue)
            : (_outline.MaxCompletionTokens, _outline.MaxTokens, _outline.MaxTokensValue);

        // OpenAI refuses a request with both, and honours or refuses max_tokens alone. Other servers may not know
        // max_completion_tokens, and one that ignores it would answer at any length: they get the limit by the name that all know.
        if (own.IsNumber || (other.IsNumber && field == OutputLimitField.MaxCompletionTokens))
        {
            return;
        }

        var limit = (other.IsNumber ? Math.Min(otherValue, _cap) : _cap).ToString(CultureInfo.InvariantCulture);
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
            splices.Add(spot.Start, spot.Length, Encoding.UTF8.GetBytes(_cap.ToString(CultureInfo.InvariantCulture)));
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
