using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Blocks;

/// <summary>Has the errors that the middleware further in writes or throws counted. Stands outside the error boundary, so that it misses none.</summary>
internal sealed class ViolationMiddleware(RequestDelegate next, ViolationRecorder recorder)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.Features.Set<IErrorObserver>(recorder);
        return next(context);
    }
}
