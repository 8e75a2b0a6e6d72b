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
    RefusedTexts texts,
    PromptTally tally,
    BlockSchedule schedule,
    BlockList blocks,
    BlockQueue queue,
    TimeProvider time,
    ILogger<ViolationRecorder> logger) : IErrorObserver
{
    /// <summary>How many of a client's end users are counted or blocked by themselves. Further names might be made up, and count for the client.</summary>
    public const int MostEndUsers = 100;

    /// <inheritdoc/>
    public void OnError(HttpContext context, GatewayError error)
    {
        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            if (addresses.HashOf(context) is { } address)
            {
                Record(BlockSubject.OfAddress(address), ViolationKind.Credential);
            }
        }
        else if (context.Features.Get<ClientIdentity>() is not { } identity)
        {
            return;
        }
        else if (error.IsViolation)
        {
            Record(BlockSubject.OfClient(identity.LimitId), ViolationKind.Limit);
        }
        else if (error.Code == GatewayErrors.PromptRejected.Code && context.Features.Get<PromptSender>() is { } sender)
        {
            RecordPrompt(identity.Client.Id, sender);
        }
    }

    private void RecordPrompt(string clientId, PromptSender sender)
    {
        tally.Refused(clientId);
        var (subject, isNamed) = (sender.Subject, sender.IsNamed);
        if (subject.Kind == BlockSubjectKind.EndUser && !HasRoom(subject, clientId))
        {
            (subject, isNamed) = (BlockSubject.OfClient(clientId), false);
        }

        if (sender.RefusedText is not { } text || texts.TryAdd(subject, text))
        {
            Record(subject, ViolationKind.Prompt, mayBlock: isNamed || tally.IsHalfRefused(clientId));
        }
    }

    private bool HasRoom(BlockSubject endUser, string clientId) =>
        violations.Counts(endUser, ViolationKind.Prompt) || violations.EndUsersOf(clientId) + blocks.CountEndUsers(clientId) < MostEndUsers;

    // Counts a violation of a subject that is not blocked already.
    private void Record(BlockSubject subject, ViolationKind kind, bool mayBlock = true)
    {
        if (blocks.Find(subject) is not null || !violations.Add(subject, kind, mayBlock))
        {
            return;
        }

        var block = schedule.Next(subject, blocks.FindLast(subject), time.GetUtcNow());
        if (blocks.TryAdd(block))
        {
            queue.TryAdd(block);
            GatewayMetrics.Blocks.Add(1, new KeyValuePair<string, object?>("kind", subject.KindName));
            LogBlocked(logger, subject.KindName, block.SecondsLeft(block.CreatedAt), block.Count);
        }
    }

    // Neither whose address nor which client or end user: the table has it, for operators.
    [LoggerMessage(LogLevel.Warning, "Blocked one {Kind} for {Seconds} s; blocks in a row: {Count}")]
    private static partial void LogBlocked(ILogger logger, string kind, int seconds, int count);
}
