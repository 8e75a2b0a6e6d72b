using System.Diagnostics;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.Records;
using AiFunctions.Gateway.Upstreams;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Telemetry;

/// <summary>The spans: one for each request and one for each time an upstream is asked. With no listener there are none.</summary>
internal static class GatewayTracing
{
    /// <summary>The spans' source.</summary>
    public const string SourceName = "AiFunctions.Gateway";

    private const string HostingActivity = "Microsoft.AspNetCore.Hosting.HttpRequestIn";
    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins a request's span, as part of the caller's trace if it has one. The caller's trace state and baggage stay behind.</summary>
    public static Activity? StartRequest(HttpContext context)
    {
        if (!Source.HasListeners())
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
        return Source.StartActivity(
            operation is null ? MethodOf(context) : $"{operation.Method} {operation.Route}",
            isInvocation ? ActivityKind.Internal : ActivityKind.Server,
            new ActivityContext(parent.TraceId, parent.SpanId, parent.TraceFlags, traceState: null, parent.IsRemote));
    }

    /// <summary>Ends a request's span.</summary>
    public static void EndRequest(Activity? span, HttpContext context, RequestRecord record)
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

    /// <summary>Begins the span of a call of an upstream.</summary>
    /// <param name="upstream">The upstream.</param>
    /// <param name="operation">What it is to do, in the convention's words.</param>
    /// <param name="model">The model as records may name it.</param>
    public static Activity? StartUpstreamCall(Upstream upstream, string operation, string? model)
    {
        var span = Source.StartActivity($"{operation} {model}".TrimEnd(), ActivityKind.Client);
        if (span is not null)
        {
            span.SetTag(GenAiConventions.OperationName, operation);
            span.SetTag(GenAiConventions.ProviderName, GenAiConventions.ProviderOf(upstream.Kind));
            span.SetTag(GenAiConventions.RequestModel, model);
            span.SetTag("aifunctions.upstream", upstream.Name);
            span.SetTag("server.address", upstream.Host);
            span.SetTag("server.port", upstream.Port);
        }

        return span;
    }

    /// <summary>The header <c>traceparent</c> for an upstream: which span of ours called it. Null when there is none.</summary>
    public static string? TraceParent => Activity.Current is { Source.Name: SourceName, IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;

    // A caller may send any word as a method.
    private static string MethodOf(HttpContext context) => context.Request.Method switch
    {
        "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" or "TRACE" or "CONNECT" => context.Request.Method,
        _ => "_OTHER",
    };
}
