using AiFunctions.Gateway.Hashing;
using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.InputGuard.Scoring;
using AiFunctions.Gateway.Observation;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.OutputFilter;

namespace AiFunctions.Gateway.Records;

/// <summary>All that is kept of a request. Times, numbers, names that an operator or this code has written, and ids in a form that has been checked.</summary>
/// <remarks>No field may ever hold what a caller, a model or an upstream has worded.</remarks>
internal sealed class RequestRecord
{
    /// <summary>What a request is noted down with whose caller left before the answer began; no such status was sent.</summary>
    public const int ClientClosedRequest = 499;

    /// <summary>When it came, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Its id, as <see cref="RequestId.RecordedRequestId"/> keeps it.</summary>
    public required string RequestId { get; init; }

    /// <summary>The client; null before authentication.</summary>
    public string? ClientId { get; init; }

    /// <summary>The key that it came with; null before authentication.</summary>
    public string? KeyId { get; init; }

    /// <summary>The operation's name; null when the address or method is none of ours.</summary>
    public string? Operation { get; init; }

    /// <summary>Who may call the operation; null when the address or method is none of ours.</summary>
    public OperationAccess? Access { get; init; }

    /// <summary>What OpenTelemetry's conventions for generative AI call the operation; null for one that asks no model.</summary>
    public string? ModelOperation { get; init; }

    /// <summary>The model, if an operator has configured its name, else <see cref="Models.ConfiguredModels.OtherModel"/>; null when the request came to none.</summary>
    public string? Model { get; init; }

    /// <summary>The name of the upstream that answered or was asked last; null when none was.</summary>
    public string? Upstream { get; init; }

    /// <summary>The HTTP status, or <see cref="ClientClosedRequest"/>.</summary>
    public required int Status { get; init; }

    /// <summary>The contract's error code; null for a success.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Bytes of the body, as read; as announced when it was refused unread.</summary>
    public long RequestBytes { get; init; }

    /// <summary>Bytes of the response's body that were written.</summary>
    public long ResponseBytes { get; init; }

    /// <summary>Tokens of the prompt that counted against the limits; null when no upstream had it.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens of the answer that counted against the limits; null when no upstream had the prompt.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>From its coming to its end, in milliseconds.</summary>
    public required double DurationMilliseconds { get; init; }

    /// <summary>From its coming to the first event of a streamed answer, in milliseconds; null for others.</summary>
    public double? TimeToFirstTokenMilliseconds { get; init; }

    /// <summary>Whether the answer was a stream of events.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>What the input guard found; null when it was not asked.</summary>
    public GuardVerdict? Guard { get; init; }

    /// <summary>What the output filter found; null when there was nothing to filter.</summary>
    public FilterCounts? Filter { get; init; }

    /// <summary>Stands for the caller's address; null where the transport has none. Set later than the rest, because hashing takes time.</summary>
    public AddressHash? CallerHash { get; set; }

    /// <summary>How it ended.</summary>
    public required RequestEnd EndedBy { get; init; }

    /// <summary>The guard's outcome in the words of the record; null when it was not asked.</summary>
    public string? GuardVerdictName => Guard?.Outcome switch
    {
        null => null,
        GuardOutcome.Allowed => "allow",
        GuardOutcome.Flagged => "flag",
        _ => "reject",
    };

    /// <summary>Why the guard found what it found: names with commas between them; null when there are none.</summary>
    public string? GuardReasons => Guard is { Reasons: not InjectionReasons.None and var reasons } ? string.Join(',', InjectionReasonNames.Of(reasons)) : null;

    /// <summary><see cref="EndedBy"/> in the words of the record.</summary>
    public string EndedByName => EndedBy switch
    {
        RequestEnd.Completed => "completed",
        RequestEnd.ClientDisconnect => "client_disconnect",
        RequestEnd.StreamError => "stream_error",
        RequestEnd.Aborted => "aborted",
        _ => "failed",
    };
}
