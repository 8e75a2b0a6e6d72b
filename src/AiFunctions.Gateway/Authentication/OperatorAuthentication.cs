using AiFunctions.Gateway.Authentication.Jwt;
using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Authentication;

/// <summary>Finds out whether a request is an operator's, by the management key or a token.</summary>
internal sealed class OperatorAuthentication(TokenAuthentication tokens)
{
    /// <summary>Judges the credentials that a request has.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public async Task<GatewayError?> AuthenticateAsync(HttpContext context)
    {
        var result = await context.AuthenticateAsync(ManagementKeyHandler.SchemeName);
        if (result.Succeeded)
        {
            return null;
        }

        if (tokens.IsFor(context))
        {
            return await tokens.AuthenticateOperatorAsync(context);
        }

        var error = (result.Failure as GatewayException)?.Error ?? GatewayErrors.MissingCredentials;
        return error == GatewayErrors.ManagementOff && tokens.AreTaken ? GatewayErrors.MissingCredentials : error;
    }
}
