using AiFunctions.Gateway.Authentication.Certificates;
using AiFunctions.Gateway.Authentication.Jwt;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication;

/// <summary>Finds out which client a request is from, by its key, its token or its certificate.</summary>
internal sealed class ClientAuthentication(TokenAuthentication tokens, IOptions<ClientCertificateOptions> certificates)
{
    private readonly ClientCertificateMode _mode = certificates.Value.Mode;

    /// <summary>Judges the credentials that a request has.</summary>
    /// <returns>What is wrong; null when the request's <see cref="ClientIdentity"/> is set.</returns>
    public async Task<GatewayError?> AuthenticateAsync(HttpContext context)
    {
        string? certificateOf = null;
        if (_mode == ClientCertificateMode.Require)
        {
            if (await TryAsync(context, ClientCertificateHandler.SchemeName) is { } error)
            {
                return error;
            }

            certificateOf = ClientIdentity.Of(context).Client.Id;
        }

        if (await TryBearerOrKeyAsync(context) is { } fault)
        {
            if (fault != GatewayErrors.MissingCredentials)
            {
                context.Features.Set<ClientIdentity>(null);
                return fault;
            }

            return _mode switch
            {
                ClientCertificateMode.Require => null,
                ClientCertificateMode.Accept => await TryAsync(context, ClientCertificateHandler.SchemeName) is { } error
                    ? (error == GatewayErrors.MissingCertificate ? GatewayErrors.MissingCredentials : error)
                    : null,
                _ => fault,
            };
        }

        if (certificateOf is not null && ClientIdentity.Of(context).Client.Id != certificateOf)
        {
            context.Features.Set<ClientIdentity>(null);
            return GatewayErrors.OtherClientsCredential;
        }

        return null;
    }

    private async Task<GatewayError?> TryBearerOrKeyAsync(HttpContext context) =>
        tokens.IsFor(context) ? await tokens.AuthenticateClientAsync(context) : await TryAsync(context, ApiKeyHandler.SchemeName);

    private static async Task<GatewayError?> TryAsync(HttpContext context, string scheme)
    {
        var result = await context.AuthenticateAsync(scheme);
        if (!result.Succeeded)
        {
            return (result.Failure as GatewayException)?.Error ?? GatewayErrors.MissingCredentials;
        }

        context.User = result.Principal;
        return null;
    }
}
