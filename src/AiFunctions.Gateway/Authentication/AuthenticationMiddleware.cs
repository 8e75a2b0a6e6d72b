using AiFunctions.Gateway.Blocks;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.KeyRotation;
using AiFunctions.Gateway.Operations;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Authentication;

/// <summary>Lets a request on only with a credential that its operation takes, and only to operations in the client's scopes.</summary>
/// <remarks>
/// A credential is judged, and its refusal counted, even when the caller is gone: else bad keys could be sent for nothing by hanging up at once.
/// So nothing on this way is cancelled by that; each look-up has a time limit of its own.
/// </remarks>
internal sealed class AuthenticationMiddleware(
    RequestDelegate next, ClientAuthentication clients, OperatorAuthentication operators, AddressBlocks addresses, TimeProvider time)
{
    /// <summary>
    /// No credential is refused in less time. Whether a look in storage was needed, as for a key that does not exist, is not to be told by the
    /// clock.
    /// </summary>
    public static readonly TimeSpan LeastRefusalTime = TimeSpan.FromMilliseconds(50);

    public async Task InvokeAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var operation = context.GetOperation();
        if (operation is not null && operation.Access != OperationAccess.Anonymous)
        {
            if (await (operation.Access == OperationAccess.Client ? clients.AuthenticateAsync(context) : operators.AuthenticateAsync(context)) is { } error)
            {
                if (error.Status == StatusCodes.Status401Unauthorized && LeastRefusalTime - time.GetElapsedTime(started) is { Ticks: > 0 } rest)
                {
                    await Task.Delay(rest, time, CancellationToken.None);
                }

                var block = error.Status == StatusCodes.Status401Unauthorized ? await addresses.FindAsync(context) : null;
                await context.WriteErrorAsync(block?.ToError(time.GetUtcNow()) ?? error);
                return;
            }

            if (context.Features.Get<ClientIdentity>() is { Key: { RotatedAt: not null, ExpiresAt: { } ends } })
            {
                // This key has a successor, and works until then.
                SunsetHeader.Announce(context, ends);
            }

            if (operation.Scope is { } scope && ClientIdentity.Of(context).Client is { Scopes.Count: > 0 } client && !client.Scopes.Contains(scope))
            {
                await context.WriteErrorAsync(GatewayErrors.InsufficientScope);
                return;
            }
        }

        await next(context);
    }
}
