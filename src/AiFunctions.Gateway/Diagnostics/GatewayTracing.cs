using System.Diagnostics;

namespace AiFunctions.Gateway.Diagnostics;

/// <summary>Where the gateway's spans come from: one for each request and one for each time an upstream is asked. With no listener there are none.</summary>
internal static class GatewayTracing
{
    /// <summary>The spans' source.</summary>
    public const string SourceName = "AiFunctions.Gateway";

    /// <summary>Begins spans.</summary>
    public static readonly ActivitySource Source = new(SourceName);

    /// <summary>The header <c>traceparent</c> for an upstream: which span of ours called it. Null when there is none.</summary>
    public static string? TraceParent => Activity.Current is { Source.Name: SourceName, IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;
}
