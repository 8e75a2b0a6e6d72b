using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RequestBody;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary><c>POST /v1/keys/rotate</c>, with the key that is to be replaced.</summary>
internal sealed class RotateOwnKeyEndpoint(KeyRotator rotator)
{
    public async Task RotateAsync(HttpContext context)
    {
        if (JsonBody.Of(context).Root is { ValueKind: JsonValueKind.Object } body && body.EnumerateObject() is var fields && fields.MoveNext())
        {
            throw RequestFields.Unknown(fields.Current.Name);
        }

        var key = ClientIdentity.Of(context).Key ?? throw new GatewayException(GatewayErrors.NoKeyToRotate);
        await SuccessorResponse.WriteAsync(context, await rotator.PickUpAsync(key, context));
    }
}
