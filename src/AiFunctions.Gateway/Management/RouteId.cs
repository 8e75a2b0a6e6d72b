using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Management;

/// <summary>Reads ids from the path.</summary>
internal static class RouteId
{
    /// <summary>An id of ours.</summary>
    /// <exception cref="GatewayException">404: the text cannot be an id, so there is nothing of that id. Storage is not asked.</exception>
    public static string Of(HttpContext context, string name) =>
        context.Request.RouteValues[name] is string id && ClientId.IsWellFormed(id) ? id : throw new GatewayException(GatewayErrors.NotFound);
}
