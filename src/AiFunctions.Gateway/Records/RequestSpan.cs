using System.Diagnostics;
using AiFunctions.Gateway.Diagnostics;
using AiFunctions.Gateway.Observation;
using AiFunctions.Gateway.Operations;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Records;

/// <summary>The span of a request. With no listener there is none.</summary>
internal static class RequestSpan
{
    private const string HostingActivity = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    /// <summary>Begins a request's span, as part of the caller's trace if it has one. The caller's trace state and baggage stay behind.</summary>
    public static Activity? Start(HttpContext context)
    {
        if (!GatewayTracing.Source.HasListeners())
        {
            return null;
        }

        // Kestrel's own activity is not exported: ours takes its place. In the Functions worker ours is a part of the invocation's.
        var outer = Activity.Current;
        var isInvocation = outer is not null && outer.OperationName != HostingActivity;
        var parent = isInvocation ? outer!.Context
            : ActivityContext.TryParse(outer?.ParentId, null, isRemote: true, out var remote) ? remote
            : default;
        var operation = context.GetOperation();
        Activity.Current = null;
        return GatewayTracing.Source.StartActivity(
            operation is null ? MethodOf(context) : $"{operation.Method} {operation.Route}",
            isInvocation ? ActivityKind.Internal : ActivityKind.Server,
            new ActivityContext(parent.TraceId, parent.SpanId, parent.TraceFlags, traceState: null, parent.IsRemote));
    }

    /// <summary>Ends a request's span.</summary>
    public static void End(Activity? span, HttpContext context, RequestRecord record)
    {
        if (span is null)
        {
            return;
        }

        span.SetTag("http.request.method", MethodOf(context));
        span.SetTag("http.route", context.GetOperation()?.Route);
        span.SetTag("http.response.status_code", record.Status);
        span.SetTag("aifunctions.request_id", record.RequestId);
        span.SetTag("aifunctions.client_id", record.ClientId);
        span.SetTag(GenAiConventions.ErrorType, record.ErrorCode ?? (record.EndedBy == RequestEnd.Completed ? null : record.EndedByName));
        if (record.Status >= StatusCodes.Status500InternalServerError || record.EndedBy is RequestEnd.StreamError or RequestEnd.Aborted or RequestEnd.Failed)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }

        span.Dispose();
    }

    // A caller may send any word as a method.
    private static string MethodOf(HttpContext context) => context.Request.Method switch
    {
        "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" or "TRACE" or "CONNECT" => context.Request.Method,
        _ => "_OTHER",
    };
}
