using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiFunctions.Gateway.Clients;

/// <summary>Whose request this is. A feature of the request, there for every middleware after authentication.</summary>
/// <param name="Client">The client.</param>
/// <param name="Key">The key that the request came with; null when it came with a token or a certificate only.</param>
internal sealed record ClientIdentity(Client Client, ClientKey? Key)
{
    /// <summary>The user in whose name the client asks, by an id that is unique among all clients; null when it asks in its own.</summary>
    public string? UserId { get; init; }

    /// <summary>Whom the limits count for, and a block for breaking them shuts out: the user, if there is one, else the client.</summary>
    public string LimitId => UserId ?? Client.Id;

    /// <summary>The request's client. Only for operations that demand one.</summary>
    public static ClientIdentity Of(HttpContext context) => context.Features.GetRequiredFeature<ClientIdentity>();
}
