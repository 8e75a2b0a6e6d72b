using AiFunctions.Gateway;
using AiFunctions.Gateway.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace AiFunctions;

/// <summary>Runs the gateway's ASP.NET Core pipeline around every HTTP function.</summary>
internal sealed class GatewayBridge : IFunctionsWorkerMiddleware
{
    private readonly RequestDelegate _pipeline;

    /// <summary>Builds the pipeline. The worker keeps one instance for all invocations.</summary>
    /// <param name="services">The application's services.</param>
    public GatewayBridge(IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        app.UseAiGateway();
        app.Run(RunEndpointAsync);
        _pipeline = app.Build();
    }

    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        try
        {
            // The worker's own routing has filled in the route values, which outlive the change of endpoint.
            http.SetEndpoint(GatewayOperations.SelectEndpoint(GatewayOperations.Get(context.FunctionDefinition.Name), http));
            http.Features.Set(new Invocation(context, next));
            await _pipeline(http);
        }
        catch (Exception exception)
        {
            // Only a fault outside the pipeline's error boundary comes here. When an invocation throws, the worker ends the HTTP request
            // as if it had succeeded, with 200 or with a clean end of a half-sent body, and sends the exception's text, which may quote
            // the request, to the host's log.
            if (http.Response.HasStarted)
            {
                http.Abort();
            }
            else
            {
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            }

            throw new InvalidOperationException($"The gateway failed on {exception.GetType().FullName}.");
        }

        // The response is written. The worker executes the invocation's result after this, and logs that there was no response when it
        // finds none, as it would whenever a stage has answered in the function's place.
        context.GetInvocationResult().Value = Results.Empty;
    }

    // An endpoint that is not an operation is the answer to a wrong method; there is no function to run then.
    private static Task RunEndpointAsync(HttpContext http)
    {
        var endpoint = http.GetEndpoint()!;
        var invocation = http.Features.GetRequiredFeature<Invocation>();
        return endpoint.Metadata.GetMetadata<GatewayOperation>() is null
            ? endpoint.RequestDelegate!(http)
            : invocation.Next(invocation.Context);
    }

    private sealed record Invocation(FunctionContext Context, FunctionExecutionDelegate Next);
}
