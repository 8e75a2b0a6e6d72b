namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>What the anomaly scan wants to know of one request: nothing that anybody said.</summary>
internal readonly record struct RequestActivity
{
    /// <summary>The client; null when the request named none that is known.</summary>
    public string? ClientId { get; init; }

    /// <summary>When it came.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The HTTP status that was answered.</summary>
    public int Status { get; init; }

    /// <summary>The error's code; null when there is none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Whether the input guard flagged or rejected it.</summary>
    public bool IsGuardHit { get; init; }

    /// <summary>The operation's name.</summary>
    public string? Operation { get; init; }

    /// <summary>The model's name. Only a hash of it is kept.</summary>
    public string? Model { get; init; }

    /// <summary>The body's length, in bytes.</summary>
    public long RequestBytes { get; init; }

    /// <summary>Tokens of prompt and answer together.</summary>
    public long Tokens { get; init; }

    /// <summary>
    /// Refused for what it asked for: by the guard, for want of a right, or because there is no such thing. Who is blocked is refused whatever it asks for.
    /// </summary>
    public bool IsRefusal => IsGuardHit || (Status is 401 or 403 or 404 && !IsBlocked);

    /// <summary>Any other fault of the request. A 429 is none: limits deal with those, and a busy client sees them every day.</summary>
    public bool IsClientError => !IsRefusal && !IsBlocked && Status is >= 400 and < 500 and not 429;

    /// <summary>A fault that the client need not have caused.</summary>
    public bool IsServerError => !IsRefusal && Status >= 500;

    private bool IsBlocked => ErrorCode == "temporarily_blocked";
}
