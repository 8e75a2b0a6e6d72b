using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace AiFunctions.Worker.Tests.Double;

/// <summary>
/// What <c>ConfigureFunctionsWebApplication</c> puts in front: hands over the request, and executes the result when all is done.
/// </summary>
internal sealed class HttpProxying(TestRun run) : IFunctionsWorkerMiddleware
{
    public const string HttpContextKey = "HttpRequestContext";

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (((InvocationContext)context).Incoming is not { } http)
        {
            await next(context);
            return;
        }

        context.Items.Add(HttpContextKey, http);
        await next(context);
        if (context.GetInvocationResult().Value is IResult result)
        {
            await result.ExecuteAsync(http);
        }
        else
        {
            run.WithoutResponse.Add(context.FunctionDefinition.Name);
        }
    }
}
