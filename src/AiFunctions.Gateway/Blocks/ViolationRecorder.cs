using AiFunctions.Gateway.Callers;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Diagnostics;
using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.Blocks;

/// <summary>Sees every error that is answered, counts those that speak of abuse, and blocks their subject when there are too many.</summary>
internal sealed partial class ViolationRecorder(
    CallerAddress addresses,
    ViolationCounter violations,
    BlockSchedule schedule,
    BlockList blocks,
    BlockQueue queue,
    TimeProvider time,
    ILogger<ViolationRecorder> logger) : IErrorObserver
{
    /// <inheritdoc/>
    public void OnError(HttpContext context, GatewayError error)
    {
        if (!error.IsExcused && SubjectOf(context, error) is { } subject)
        {
            Record(subject);
        }
    }

    /// <summary>Counts a violation of a subject that is not blocked already.</summary>
    public void Record(BlockSubject subject)
    {
        if (blocks.Find(subject) is not null || !violations.Add(subject))
        {
            return;
        }

        var block = schedule.Next(subject, blocks.FindLast(subject), time.GetUtcNow());
        if (blocks.TryAdd(block))
        {
            queue.TryAdd(block);
            var kind = subject.ClientId is null ? "address" : "client";
            GatewayMetrics.Blocks.Add(1, new KeyValuePair<string, object?>("kind", kind));
            LogBlocked(logger, kind, block.SecondsLeft(block.CreatedAt), block.Count);
        }
    }

    private BlockSubject? SubjectOf(HttpContext context, GatewayError error)
    {
        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            return addresses.HashOf(context) is { } address ? BlockSubject.OfAddress(address) : null;
        }

        // Not upstream_rate_limited: that one is not the client's doing.
        return error.Code is "requests_per_minute" or "requests_per_day" or "tokens_per_minute" or "tokens_per_day" or "concurrent_requests" or "prompt_rejected"
            && context.Features.Get<ClientIdentity>() is { } identity
            ? BlockSubject.OfClient(identity.LimitId)
            : null;
    }

    // Neither whose address nor which client: the table has it, for operators.
    [LoggerMessage(LogLevel.Warning, "Blocked one {Kind} for {Seconds} s; blocks in a row: {Count}")]
    private static partial void LogBlocked(ILogger logger, string kind, int seconds, int count);
}
