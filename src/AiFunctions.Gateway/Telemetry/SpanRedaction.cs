using System.Collections.Frozen;
using System.Diagnostics;
using AiFunctions.Gateway.Diagnostics;
using OpenTelemetry;

namespace AiFunctions.Gateway.Telemetry;

/// <summary>Takes out of other libraries' spans all that might repeat a request, before any exporter sees them.</summary>
/// <remarks>What may stay is listed, so that an attribute that a library adds one day is not let through.</remarks>
internal sealed class SpanRedaction : BaseProcessor<Activity>
{
    private static readonly FrozenSet<string> Allowed = FrozenSet.ToFrozenSet(
    [
        "az.namespace", "az.service_request_id", "db.system", "db.system.name", "error.type",
        "faas.coldstart", "faas.execution", "faas.instance", "faas.invocation_id", "faas.max_memory", "faas.name", "faas.trigger",
        "http.request.method", "http.request.resend_count", "http.response.status_code", "http.route",
        "network.protocol.version", "server.address", "server.port",
    ]);

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        data.TraceStateString = null;
        if (data.Source.Name == GatewayTracing.SourceName)
        {
            return;
        }

        // Events repeat exceptions' messages and cannot be taken out: the whole span stays here.
        if (data.Events.Any())
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        foreach (var tag in data.TagObjects.ToList())
        {
            if (!Allowed.Contains(tag.Key))
            {
                data.SetTag(tag.Key, null);
            }
        }

        data.SetStatus(data.Status); // without a description
        data.DisplayName = data.OperationName; // a name that was given later may have a path in it
    }
}
