using AiFunctions.Gateway;
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
        app.UseRouting();
        app.UseAiGateway();
        app.Use((http, endpoint) => http.Features.GetRequiredFeature<BridgedInvocation>().RunFunctionAsync(endpoint));
        app.UseEndpoints(endpoints => endpoints.MapAiGateway());
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
            // The worker has routed the request to a function; routing to an operation starts anew.
            http.SetEndpoint(null);
            http.Request.RouteValues.Clear();
            http.Features.Set(new BridgedInvocation(context, next));
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
}
