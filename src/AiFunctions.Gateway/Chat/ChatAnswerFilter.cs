using System.Buffers;
using System.Text.Json;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.OutputFilter.Wire;
using AiFunctions.Gateway.Tokens;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Chat;

/// <summary>
/// What happens to a chat answer between the model server and the caller: its tokens are counted as they come, then its text is filtered.
/// </summary>
internal sealed class ChatAnswerFilter : IDisposable
{
    private const string Header = "x-output-filter";

    private readonly ChatTokens _tokens;
    private readonly ChatOutputFilter? _filter;
    private readonly AnswerReviews _reviews;
    private readonly AnswerFingerprint? _fingerprint;
    private readonly ArrayBufferWriter<byte> _counted = new();

    /// <param name="tokens">Counts the tokens.</param>
    /// <param name="policy">What is filtered.</param>
    /// <param name="reviews">Gets what is to be reviewed.</param>
    /// <param name="request">The request, whose system text is not to be told.</param>
    public ChatAnswerFilter(ChatTokens tokens, FilterPolicy policy, AnswerReviews reviews, JsonElement request)
    {
        _tokens = tokens;
        _reviews = reviews;
        if (policy.IsOn)
        {
            var systemText = policy.Wants(OutputCategory.SystemPrompt) ? SystemText.From([.. SystemTextsOf(request)]) : null;
            _fingerprint = reviews.Begin();
            _filter = new ChatOutputFilter(policy, systemText) { Fingerprint = _fingerprint };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _fingerprint?.Dispose();

    /// <summary>Leaves what was found with the request, and queues the answer for review, if there is reason to. It is over, or was broken off.</summary>
    public void Finish(HttpContext context, string model)
    {
        if (_filter?.Counts is not { } counts)
        {
            return;
        }

        context.Features.Set(counts);
        if (_fingerprint is not null)
        {
            _reviews.Add(context, model, counts, _fingerprint);
        }
    }

    /// <inheritdoc cref="Streaming.SseEventWriter"/>
    public void WriteEvent(ReadOnlySpan<byte> sseEvent, IBufferWriter<byte> output)
    {
        if (_filter is null)
        {
            _tokens.WriteEvent(sseEvent, output);
            return;
        }

        _counted.ResetWrittenCount();
        _tokens.WriteEvent(sseEvent, _counted);
        if (_counted.WrittenCount > 0)
        {
            _filter.WriteEvent(_counted.WrittenSpan, output);
        }
    }

    /// <summary>Writes what is held at the end of a stream.</summary>
    public void Complete(IBufferWriter<byte> output) => _filter?.Complete(output);

    /// <summary>Filters a whole answer, and says in a header what was found.</summary>
    public ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> answer, IHeaderDictionary headers)
    {
        _tokens.Read(answer.Span);
        if (_filter is null)
        {
            return answer;
        }

        var filtered = new ArrayBufferWriter<byte>(answer.Length + 256);
        _filter.FilterJson(answer, filtered);
        if (_filter.Counts.ToHeader() is { } counts)
        {
            headers[Header] = counts;
        }

        return filtered.WrittenMemory;
    }

    private static IEnumerable<string> SystemTextsOf(JsonElement request)
    {
        foreach (var message in request.GetProperty("messages"u8).EnumerateArray())
        {
            var role = message.GetProperty("role"u8);
            if ((!role.ValueEquals("system"u8) && !role.ValueEquals("developer"u8)) || !message.TryGetProperty("content"u8, out var content))
            {
                continue;
            }

            if (content.ValueKind == JsonValueKind.String)
            {
                yield return content.GetString()!;
            }
            else if (content.ValueKind == JsonValueKind.Array)
            {
                foreach (var part in content.EnumerateArray())
                {
                    if (part.TryGetProperty("text"u8, out var text) && text.ValueKind == JsonValueKind.String)
                    {
                        yield return text.GetString()!;
                    }
                }
            }
        }
    }
}
