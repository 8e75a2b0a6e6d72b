using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Upstreams;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Records;

/// <summary>What the stages and operations note about a request for its <see cref="RequestRecord"/>. A feature of the request.</summary>
internal sealed class RequestObservation
{
    /// <summary>The model as the record may name it: configured by an operator, or <see cref="RequestRecord.OtherModel"/>.</summary>
    public string? Model { get; set; }

    /// <summary>The upstream that was asked last.</summary>
    public Upstream? Upstream { get; set; }

    /// <summary>The error that the request was answered with.</summary>
    public GatewayError? Error { get; private set; }

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
    public void Fail(GatewayError error) => Error = error;

    /// <summary>The request ends, with an error or with none, otherwise than by a whole response.</summary>
    public void End(RequestEnd end, GatewayError? error = null)
    {
        EndedBy = end;
        Error = error ?? Error;
    }
}
