using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Observation;

/// <summary>What middleware and operations note about a request for its record. A feature of the request.</summary>
internal sealed class RequestObservation
{
    /// <summary>The model as records may name it: configured by an operator, or <c>other</c>.</summary>
    public string? Model { get; set; }

    /// <summary>The name of the upstream that was asked last.</summary>
    public string? Upstream { get; set; }

    /// <summary>The contract's code of the error that the request was answered with.</summary>
    public string? ErrorCode { get; private set; }

    /// <summary>How it ended, when that was noticed on the way.</summary>
    public RequestEnd EndedBy { get; private set; }

    /// <summary>Tokens that counted against the limits; null when no upstream had the prompt.</summary>
    public (long Input, long Output)? Tokens { get; set; }

    /// <summary>Bytes written of the response's body.</summary>
    public long ResponseBytes { get; set; }

    /// <summary>The timestamp at which the first of them went out; 0 before.</summary>
    public long FirstByteAt { get; set; }

    /// <summary>The observation of a request; null outside the pipeline.</summary>
    public static RequestObservation? Of(HttpContext context) => context.Features.Get<RequestObservation>();

    /// <summary>The request is answered with an error.</summary>
    /// <param name="code">The contract's code.</param>
    public void Fail(string code) => ErrorCode = code;

    /// <summary>The request ends, with an error or with none, otherwise than by a whole response.</summary>
    public void End(RequestEnd end, string? errorCode = null)
    {
        EndedBy = end;
        ErrorCode = errorCode ?? ErrorCode;
    }
}
