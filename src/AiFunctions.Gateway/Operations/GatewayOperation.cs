using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace AiFunctions.Gateway.Operations;

/// <summary>One thing the gateway does for a caller: a route, a method, who may call it, and the code that answers.</summary>
/// <remarks>Both hosts are built from the same list of these.</remarks>
public sealed class GatewayOperation
{
    internal GatewayOperation(
        string name, string method, string route, OperationAccess access, OperationBody body, RequestDelegate handler, params object[] metadata)
    {
        Name = name;
        Method = method;
        Route = route;
        Methods = method == "GET" ? [method, "HEAD"] : [method];
        Access = access;
        Body = body;
        Endpoint = new RouteEndpoint(
            handler, RoutePatternFactory.Parse(route), order: 0, new EndpointMetadataCollection([this, new HttpMethodMetadata(Methods), .. metadata]), name);
    }

    /// <summary>The operation's name, which is also its function's name; for example <c>ChatCompletions</c>.</summary>
    public string Name { get; }

    /// <summary>The HTTP method, in capitals.</summary>
    public string Method { get; }

    /// <summary>All methods that it answers to: what can be got can be asked about with <c>HEAD</c>, which gets the answer's head.</summary>
    public IReadOnlyList<string> Methods { get; }

    /// <summary>The route template with its leading slash; for example <c>/manage/clients/{id}</c>.</summary>
    public string Route { get; }

    /// <summary>Who may call it.</summary>
    public OperationAccess Access { get; }

    /// <summary>Whether it takes a JSON body.</summary>
    public OperationBody Body { get; }

    /// <summary>What a client must have among its <c>scopes</c>, when it has any; null for what every client may do.</summary>
    public string? Scope { get; internal init; }

    /// <summary>What OpenTelemetry's conventions for generative AI call it, such as <c>chat</c>; null for an operation that asks no model.</summary>
    public string? ModelOperation { get; internal init; }

    /// <summary>The endpoint that the pipeline's middleware looks at and that answers in the end.</summary>
    public Endpoint Endpoint { get; }
}
