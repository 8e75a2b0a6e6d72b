using System.Buffers;
using System.Text.Json;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.OutputFilter.SecondOpinion;
using AiFunctions.Gateway.OutputFilter.Wire;
using AiFunctions.Gateway.Relay;
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
    private readonly PassageJudge _judge;
    private readonly HttpContext _context;
    private readonly AnswerFingerprint? _fingerprint;
    private readonly ArrayBufferWriter<byte> _counted = new();

    /// <param name="tokens">Counts the tokens.</param>
    /// <param name="policy">What is filtered.</param>
    /// <param name="reviews">Gets what is to be reviewed.</param>
    /// <param name="judge">Is asked about doubtful passages.</param>
    /// <param name="context">The caller's request.</param>
    /// <param name="request">Its body, whose system text is not to be told.</param>
    public ChatAnswerFilter(ChatTokens tokens, FilterPolicy policy, AnswerReviews reviews, PassageJudge judge, HttpContext context, JsonElement request)
    {
        _tokens = tokens;
        _reviews = reviews;
        _judge = judge;
        _context = context;
        if (policy.IsOn)
        {
            var systemText = policy.Wants(OutputCategory.SystemPrompt) ? SystemText.From([.. SystemTextsOf(request)]) : null;
            _fingerprint = reviews.Begin();
            _filter = new ChatOutputFilter(policy, systemText, fingerprint: _fingerprint);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _fingerprint?.Dispose();

    /// <summary>Leaves what was found with the request, and queues the answer for review, if there is reason to. It is over, or was broken off.</summary>
    public void Finish(string model)
    {
        if (_filter?.Counts is not { } counts)
        {
            return;
        }

        _context.Features.Set(counts);
        if (_fingerprint is not null)
        {
            _reviews.Add(_context, model, counts, _fingerprint);
        }
    }

    /// <inheritdoc cref="Relay.SseEventWriter"/>
    public bool TryWriteEvent(ReadOnlySpan<byte> sseEvent, IBufferWriter<byte> output)
    {
        if (_filter is null)
        {
            _tokens.WriteEvent(sseEvent, output);
            return true;
        }

        _counted.ResetWrittenCount();
        _tokens.WriteEvent(sseEvent, _counted);
        return _counted.WrittenCount == 0 || _filter.TryWriteEvent(_counted.WrittenSpan, output);
    }

    /// <summary>Answers the questions that an event or a whole answer waits with, and writes it.</summary>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public async Task GoOnAsync(IBufferWriter<byte> output)
    {
        while (!_filter!.TryGoOn(await _judge.IsDangerousAsync(_filter.Question, _context.TraceIdentifier, _context.RequestAborted), output))
        {
        }
    }

    /// <summary>Writes what is held at the end of a stream.</summary>
    public void Complete(IBufferWriter<byte> output) => _filter?.Complete(output);

    /// <summary>Filters a whole answer, and says in a header what was found.</summary>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(ReadOnlyMemory<byte> answer)
    {
        _tokens.Read(answer.Span);
        if (_filter is null)
        {
            return answer;
        }

        var filtered = new ArrayBufferWriter<byte>(answer.Length + 256);
        if (!_filter.TryFilterJson(answer.Span, filtered))
        {
            await GoOnAsync(filtered);
        }

        if (_filter.Counts.ToHeader() is { } counts)
        {
            _context.Response.Headers[Header] = counts;
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
