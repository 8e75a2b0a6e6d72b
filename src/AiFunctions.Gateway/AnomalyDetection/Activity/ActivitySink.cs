using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.Records;

namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>Counts the requests that clients make, or that nobody knows who made. What operators and health checks do is no client's activity.</summary>
internal sealed class ActivitySink(ActivityRecorder recorder) : IRequestRecordSink
{
    /// <inheritdoc/>
    public void Add(RequestRecord record)
    {
        if (!recorder.IsOn || record.Access is OperationAccess.Anonymous or OperationAccess.Management)
        {
            return;
        }

        recorder.Add(new RequestActivity
        {
            ClientId = record.ClientId,
            Time = record.Time,
            Status = record.Status,
            ErrorCode = record.ErrorCode,
            IsGuardHit = record.Guard is { Outcome: not GuardOutcome.Allowed },
            Operation = record.Operation,
            Model = record.Model,
            RequestBytes = record.RequestBytes,
            Tokens = (record.InputTokens ?? 0) + (record.OutputTokens ?? 0),
        });
    }
}
