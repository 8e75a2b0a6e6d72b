using AiFunctions.Gateway.Observation;
using AiFunctions.Gateway.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.Errors;

/// <summary>Turns whatever goes wrong further in into one contract error, and tells the log what kind of fault it was, never its text.</summary>
internal sealed partial class ErrorBoundaryMiddleware(RequestDelegate next, ILogger<ErrorBoundaryMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        GatewayError error;
        try
        {
            await next(context);
            if (context.Response.HasStarted || ForEmptyResponse(context.Response) is not { } missing)
            {
                return;
            }

            error = missing;
        }
        catch (Exception exception)
        {
            if (context.RequestAborted.IsCancellationRequested && exception is not BadHttpRequestException)
            {
                RequestObservation.Of(context)?.End(RequestEnd.ClientDisconnect);
                return; // The caller has gone: nobody would get an answer.
            }

            error = For(exception);
            if (exception is StorageUnavailableException)
            {
                LogStorageFault(logger, context.TraceIdentifier, exception.InnerException?.GetType().Name);
            }
            else if (error == GatewayErrors.Internal)
            {
                // An exception's message may quote what it failed on, so only its type and place are logged.
                LogFault(logger, context.TraceIdentifier, exception.GetType().FullName!, exception.StackTrace);
            }
        }

        if (context.Response.HasStarted)
        {
            RequestObservation.Of(context)?.End(RequestEnd.Aborted, error.Code);
            context.Abort(); // Only a cut connection tells the caller that a body that was sent in part is not whole.
            return;
        }

        try
        {
            await context.WriteErrorAsync(error);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            RequestObservation.Of(context)?.End(RequestEnd.ClientDisconnect); // it left while it was being told
        }
    }

    private static GatewayError For(Exception exception) => exception switch
    {
        GatewayException known => known.Error,
        StorageUnavailableException => GatewayErrors.StorageUnavailable,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => GatewayErrors.RequestTooLarge,
        BadHttpRequestException => GatewayErrors.BrokenBody,
        { InnerException: BadHttpRequestException inner } => For(inner),
        _ => GatewayErrors.Internal,
    };

    // What routing answers by itself has a status and no body.
    private static GatewayError? ForEmptyResponse(HttpResponse response) => response.StatusCode switch
    {
        StatusCodes.Status404NotFound => GatewayErrors.NotFound,
        StatusCodes.Status405MethodNotAllowed => GatewayErrors.MethodNotAllowed,
        StatusCodes.Status415UnsupportedMediaType => GatewayErrors.UnsupportedMediaType,
        _ => null,
    };

    [LoggerMessage(LogLevel.Warning, "Request {RequestId} found storage unavailable ({Fault})")]
    private static partial void LogStorageFault(ILogger logger, string requestId, string? fault);

    [LoggerMessage(LogLevel.Error, "Request {RequestId} failed on {ExceptionType} {StackTrace}")]
    private static partial void LogFault(ILogger logger, string requestId, string exceptionType, string? stackTrace);
}
