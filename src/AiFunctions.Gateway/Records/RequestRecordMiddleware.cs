using AiFunctions.Gateway.Observation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiFunctions.Gateway.Records;

/// <summary>Makes one record of each request, whatever its end. Stands around the error boundary, whose answers it would miss further in.</summary>
internal sealed class RequestRecordMiddleware(RequestDelegate next, RequestRecorder recorder, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var arrived = time.GetUtcNow();
        var started = time.GetTimestamp();
        var observation = new RequestObservation();
        context.Features.Set(observation);
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new CountedResponseBody(body, observation, time));
        var span = RequestSpan.Start(context);
        try
        {
            await next(context);
        }
        catch (Exception)
        {
            observation.End(context.RequestAborted.IsCancellationRequested ? RequestEnd.ClientDisconnect : RequestEnd.Failed);
            throw;
        }
        finally
        {
            context.Features.Set(body);
            var record = recorder.Add(context, observation, arrived, started);
            RequestSpan.End(span, context, record);
        }
    }
}
