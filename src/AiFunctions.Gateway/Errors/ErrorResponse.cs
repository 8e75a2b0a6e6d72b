using System.Globalization;
using AiFunctions.Gateway.Observation;
using AiFunctions.Gateway.RequestId;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Errors;

/// <summary>Writes contract errors as responses.</summary>
internal static class ErrorResponse
{
    /// <summary>Answers with an error. The response must not have started.</summary>
    public static async Task WriteErrorAsync(this HttpContext context, GatewayError error)
    {
        RequestObservation.Of(context)?.Fail(error.Code);
        context.Features.Get<IErrorObserver>()?.OnError(context, error);
        var response = context.Response;
        response.StatusCode = error.Status;
        response.ContentLength = null;
        response.ContentType = "application/json";
        if (error.Challenge is not null || error.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = error.Challenge ?? "Bearer";
        }

        if (error.RetryAfterSeconds is { } seconds)
        {
            RetryAfterHeader.Write(context, seconds);
        }

        if (error.RetryAfterMilliseconds is { } milliseconds)
        {
            response.Headers["retry-after-ms"] = milliseconds.ToString(CultureInfo.InvariantCulture);
        }

        ErrorShape.Of(context).Write(response.BodyWriter, error, ToldRequestId.Of(context));
        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
