using AiFunctions.Gateway.Callers;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.Observation;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.RequestBody;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Records;

/// <summary>Draws up the record of a request that is over, and queues it.</summary>
internal sealed class RequestRecorder(RequestRecordQueue queue, CallerAddress addresses, TimeProvider time)
{
    /// <summary>Records a request. Never waits.</summary>
    /// <param name="context">The request.</param>
    /// <param name="observation">What was noted about it.</param>
    /// <param name="arrived">When it came.</param>
    /// <param name="started">The timestamp of that moment.</param>
    /// <returns>The record, which is queued, or dropped when too many wait.</returns>
    public RequestRecord Add(HttpContext context, RequestObservation observation, DateTimeOffset arrived, long started)
    {
        var response = context.Response;
        var operation = context.GetOperation();
        var identity = context.Features.Get<ClientIdentity>();
        var isStreamed = response.ContentType is { } type && type.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);
        var record = new RequestRecord
        {
            Time = arrived,
            RequestId = context.TraceIdentifier,
            ClientId = identity?.Client.Id,
            KeyId = identity?.Key?.KeyId,
            Operation = operation?.Name,
            Access = operation?.Access,
            ModelOperation = operation?.ModelOperation,
            Model = observation.Model,
            Upstream = observation.Upstream,
            Status = StatusOf(response, observation.EndedBy),
            ErrorCode = observation.ErrorCode,
            RequestBytes = context.Features.Get<JsonBody>()?.Bytes.Length ?? Math.Max(context.Request.ContentLength ?? 0, 0),
            ResponseBytes = observation.ResponseBytes,
            InputTokens = observation.Tokens?.Input,
            OutputTokens = observation.Tokens?.Output,
            DurationMilliseconds = time.GetElapsedTime(started).TotalMilliseconds,
            TimeToFirstTokenMilliseconds = isStreamed && observation.FirstByteAt != 0 ? time.GetElapsedTime(started, observation.FirstByteAt).TotalMilliseconds : null,
            IsStreamed = isStreamed,
            Guard = context.Features.Get<GuardVerdict>(),
            Filter = context.Features.Get<FilterCounts>(),
            EndedBy = observation.EndedBy,
        };
        queue.TryAdd(new QueuedRecord(record, addresses.AddressOf(context)));
        return record;
    }

    private static int StatusOf(HttpResponse response, RequestEnd end) => end switch
    {
        RequestEnd.ClientDisconnect when !response.HasStarted => RequestRecord.ClientClosedRequest,
        RequestEnd.Failed when !response.HasStarted => StatusCodes.Status500InternalServerError, // the server's answer
        _ => response.StatusCode,
    };
}
