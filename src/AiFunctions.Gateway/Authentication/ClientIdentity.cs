using AiFunctions.Gateway.Clients;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiFunctions.Gateway.Authentication;

/// <summary>Whose request this is. A feature of the request, there for every stage after authentication.</summary>
internal sealed record ClientIdentity(Client Client, ClientKey Key)
{
    /// <summary>The request's client. Only for operations that demand one.</summary>
    public static ClientIdentity Of(HttpContext context) => context.Features.GetRequiredFeature<ClientIdentity>();
}
