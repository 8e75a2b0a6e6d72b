using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace AiFunctions;

/// <summary>A function's place in the gateway's pipeline: after the stages, and before the endpoint that answers.</summary>
internal sealed class BridgedInvocation(FunctionContext context, FunctionExecutionDelegate function)
{
    /// <summary>What answers the request; null until every stage has let it through.</summary>
    public RequestDelegate? Endpoint { get; private set; }

    /// <summary>Runs the function, which lets <paramref name="endpoint"/> answer.</summary>
    /// <param name="endpoint">The rest of the pipeline.</param>
    public Task RunFunctionAsync(RequestDelegate endpoint)
    {
        Endpoint = endpoint;
        return function(context);
    }
}
