using AiFunctions.Gateway.Clients;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.KeyRotation.Use;

/// <summary>Notes that a key was used, whatever becomes of the request.</summary>
internal sealed class KeyUseMiddleware(RequestDelegate next, KeyUseQueue queue)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<ClientIdentity>()?.Key is { } key)
        {
            queue.Add(key);
        }

        return next(context);
    }
}
