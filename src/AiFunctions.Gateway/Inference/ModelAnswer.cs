using System.Buffers;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Answers;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.OutputFilter.SecondOpinion;
using AiFunctions.Gateway.Relay;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Inference;

/// <summary>
/// What happens to an answer between the model server and the caller: its tokens are counted as they come, then its text is filtered.
/// </summary>
internal sealed class ModelAnswer : RelayedStream, IDisposable
{
    private const string Header = "x-output-filter";

    private readonly AnswerFormat _format;
    private readonly AnswerTokens _tokens;
    private readonly AnswerFilter? _filter;
    private readonly AnswerReviews _reviews;
    private readonly PassageJudge _judge;
    private readonly HttpContext _context;
    private readonly AnswerFingerprint? _fingerprint;
    private readonly ArrayBufferWriter<byte> _counted = new();

    /// <param name="format">Its format.</param>
    /// <param name="tokens">Counts the tokens.</param>
    /// <param name="policy">What is filtered.</param>
    /// <param name="reviews">Gets what is to be reviewed.</param>
    /// <param name="judge">Is asked about doubtful passages.</param>
    /// <param name="context">The caller's request.</param>
    /// <param name="systemText">The request's system text, which is not to be told; null when there is none.</param>
    /// <param name="isJson">Whether the caller has asked for an answer that is JSON itself.</param>
    public ModelAnswer(
        AnswerFormat format,
        AnswerTokens tokens,
        FilterPolicy policy,
        AnswerReviews reviews,
        PassageJudge judge,
        HttpContext context,
        SystemText? systemText,
        bool isJson)
    {
        _format = format;
        _tokens = tokens;
        _reviews = reviews;
        _judge = judge;
        _context = context;
        if (policy.IsOn)
        {
            _fingerprint = reviews.Begin();
            _filter = new AnswerFilter(format.NewReader(policy, systemText, isJson), policy, _fingerprint);
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

    /// <inheritdoc/>
    public override bool HasBegun => _tokens.HasBegun;

    /// <inheritdoc/>
    public override bool IsWhole => _tokens.IsWhole;

    /// <inheritdoc/>
    public override bool IsEnd(ReadOnlySpan<byte> sseEvent) => _format.IsEnd(sseEvent);

    /// <inheritdoc/>
    public override bool TryWriteEvent(ReadOnlySpan<byte> sseEvent, IBufferWriter<byte> output)
    {
        sseEvent = SseData.OneLine(sseEvent);
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
    public override async Task GoOnAsync(IBufferWriter<byte> output)
    {
        while (!_filter!.TryGoOn(await _judge.IsDangerousAsync(_filter.Question, _context.TraceIdentifier, _context.RequestAborted), output))
        {
        }
    }

    /// <inheritdoc/>
    public override void Complete(IBufferWriter<byte> output) => _filter?.Complete(output);

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
}
